// Looks at every link of the built site that leads to the site itself: the page is there, and so is the anchor.
import fs from 'node:fs'
import path from 'node:path'

const dist = path.join(import.meta.dirname, 'dist')
const pages = fs.readdirSync(dist).filter((name) => name.endsWith('.html') && name !== '404.html')
const html = new Map(pages.map((name) => [name, fs.readFileSync(path.join(dist, name), 'utf8')]))
const ids = new Map([...html].map(([name, text]) => [name, new Set([...text.matchAll(/\sid="([^"]+)"/g)].map((m) => m[1]))]))
let links = 0
let problems = 0
for (const [page, text] of html) {
  for (const [, href] of text.matchAll(/<a\b[^>]*\shref="([^"]+)"/g)) {
    if (/^[a-z]+:/.test(href)) continue
    links++
    const [target, anchor] = href.split('#')
    const name = target === '' ? page : target === '/' ? 'index.html' : target.replace(/^\//, '')
    const file = html.has(name) ? name : html.has(`${name}.html`) ? `${name}.html` : name
    const there = html.has(file) || fs.existsSync(path.join(dist, file))
    if (!there || (anchor && html.has(file) && !ids.get(file).has(decodeURIComponent(anchor)))) {
      console.error(`${page}: ${href} leads nowhere`)
      problems++
    }
  }
}
console.log(`${pages.length} pages, ${links} links, ${problems} of them lead nowhere`)
process.exit(problems === 0 ? 0 : 1)
