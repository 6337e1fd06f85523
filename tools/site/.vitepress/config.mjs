import { defineConfig } from 'vitepress'
import { pages } from '../pages.mjs'

// The pages come from ../../docs by way of stage.mjs, which mends their links.
export default defineConfig({
  title: 'Heddle',
  description: 'A virtual-thread netpoller runtime for Java',
  srcDir: './stage',
  outDir: './dist',
  base: process.env.SITE_BASE ?? '/',
  lastUpdated: false,
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    sidebar: pages.map((group) => ({
      text: group.title,
      items: group.items.map(([name, text]) => ({ text, link: `/${name}` })),
    })),
  },
})
