// The order of the pages in the sidebar. stage.mjs fails if a page of docs/ is missing here.
export const pages = [
  {
    title: 'Start',
    items: [
      ['', 'What it is'],
      ['getting-started', 'Getting started'],
      ['network', 'Network'],
      ['serving', 'Serving'],
      ['protect', 'Protect a server'],
      ['libraries', 'Libraries'],
      ['examples', 'Examples'],
    ],
  },
  {
    title: 'Coming from',
    items: [
      ['from-go', 'Go'],
      ['from-netty-and-gnet', 'Netty and gnet'],
      ['io-models', 'Other I/O models'],
    ],
  },
  {
    title: 'How it works',
    items: [
      ['architecture', 'Architecture'],
      ['protocols', 'Protocols'],
      ['scheduler', 'Scheduler'],
      ['netpoller', 'Netpoller'],
      ['limits', 'Limits'],
    ],
  },
  {
    title: 'Look inside',
    items: [
      ['traces', 'Traces'],
      ['delays', 'What delayed tasks'],
      ['stress', 'Stress'],
      ['simulation', 'Simulation'],
      ['benchmarks', 'Benchmarks'],
      ['measurements', 'Measurements'],
      ['measurements-waits', 'Measurements of drivers and sleepers'],
      ['performance', 'Performance'],
      ['troubleshooting', 'Troubleshooting'],
      ['building', 'Building'],
    ],
  },
]
