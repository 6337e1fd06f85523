// Copies README.md and docs/ to stage/ and mends their links for the site: a page becomes a page of the site; any other
// file of the repository is copied beside them, as text. Fails with a line for each link that leads nowhere and each
// page that the sidebar does not have.
import fs from 'node:fs'
import path from 'node:path'
import { pages } from './pages.mjs'

const root = path.resolve(import.meta.dirname, '../..')
const stage = path.join(import.meta.dirname, 'stage')
const problems = []

fs.rmSync(stage, { recursive: true, force: true })
fs.mkdirSync(path.join(stage, 'public'), { recursive: true })

const docs = fs.readdirSync(path.join(root, 'docs')).filter((name) => name.endsWith('.md'))
const listed = new Set(pages.flatMap((group) => group.items.map(([name]) => name)))
for (const page of docs.map((name) => path.basename(name, '.md'))) {
  if (!listed.has(page)) problems.push(`docs/${page}.md: not in pages.mjs`)
}
for (const page of listed) {
  if (page !== '' && !docs.includes(`${page}.md`)) problems.push(`pages.mjs: there is no docs/${page}.md`)
}

// Where a link of a page leads to on the site.
function mended(link, page) {
  if (/^([a-z]+:|#)/.test(link)) return link
  const [target, anchor] = link.split('#')
  const file = path.resolve(root, path.dirname(page), target)
  const name = path.relative(root, file)
  const end = anchor ? `#${anchor}` : ''
  if (name.startsWith('..') || !fs.existsSync(file)) {
    problems.push(`${page}: ${link} leads nowhere`)
    return link
  }
  if (name === 'README.md') return `/${end}`
  if (path.dirname(name) === 'docs' && name.endsWith('.md')) return `/${path.basename(name, '.md')}${end}`
  if (path.dirname(name) === 'docs') return `./${path.basename(name)}`
  return `pathname:///source/${source(file, name)}`
}

// A file is copied; of a folder the list of what is in it.
function source(file, name) {
  const folder = fs.statSync(file).isDirectory()
  const copy = `${name}${folder ? '/index' : ''}.txt`
  const to = path.join(stage, 'public', 'source', copy)
  fs.mkdirSync(path.dirname(to), { recursive: true })
  fs.writeFileSync(to, folder ? fs.readdirSync(file).join('\n') + '\n' : fs.readFileSync(file))
  return copy
}

for (const page of ['README.md', ...docs.map((name) => `docs/${name}`)]) {
  let code = false
  const text = fs
    .readFileSync(path.join(root, page), 'utf8')
    .split('\n')
    .map((line) => {
      if (line.startsWith('```')) code = !code
      return code ? line : line.replace(/\]\(([^)\s]+)\)/g, (_, link) => `](${mended(link, page).replace('pathname://', '')})`)
    })
    .join('\n')
  fs.writeFileSync(path.join(stage, page === 'README.md' ? 'index.md' : path.basename(page)), text)
}
for (const name of fs.readdirSync(path.join(root, 'docs'))) {
  if (!name.endsWith('.md')) fs.copyFileSync(path.join(root, 'docs', name), path.join(stage, name))
}

if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}
