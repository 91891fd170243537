/** Filters of the class page: they hide rows, and say how many are left. */
const by = id => document.getElementById(id)
const rows = [...document.querySelectorAll('[data-who]')]
const fields = ['who', 'exercise', 'group', 'behind'].map(by).filter(Boolean)
const value = id => by(id)?.value ?? ''

/** Text as it is compared: small letters, no accents. */
const plain = text => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

/** Whether a row is of a learner whom the filters ask for. */
const fits = row =>
  plain(`${row.dataset.name} ${row.dataset.who}`).includes(plain(value('who').trim())) &&
  (!value('group') || !('group' in row.dataset) || row.dataset.group === value('group')) &&
  (!value('behind') || !('group' in row.dataset) || 'behind' in row.dataset)

/** Hide what the filters leave out. */
const filter = () => {
  for (const row of rows) row.hidden = !fits(row)
  for (const section of document.querySelectorAll('[data-exercise]')) {
    section.hidden = Boolean(value('exercise')) && section.dataset.exercise !== value('exercise')
  }
  const asked = fields.some(field => field.value)
  const learners = rows.filter(row => 'group' in row.dataset)
  const names = found => new Set(found.map(row => row.dataset.who)).size
  by('shown').textContent = asked
    ? `${names(learners.filter(row => !row.hidden))} of ${names(learners)} learners`
    : ''
}

for (const field of fields) field.addEventListener('input', filter)
document.querySelector('.filters')?.removeAttribute('hidden')
if (fields.length) filter() // a browser keeps what was typed when a page is loaded again
