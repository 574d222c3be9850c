import { useId } from 'preact/hooks'

interface BarChartProps {
  title: string
  /** One bar each, in order. */
  bars: { label: string; value: number }[]
  /** How many there is room for, so that a month that has just begun is not stretched. */
  room: number
  /** What a bar is of, for the table's head: “Day”, “Answers”. */
  heads: [string, string]
}

const [WIDTH, HEIGHT, GAP] = [620, 140, 4]

/** Bars for the eye; the same figures as a table for whoever reads them otherwise, and for everybody who opens it. */
export function BarChart({ title, bars, room, heads }: BarChartProps) {
  const id = useId()
  const most = Math.max(1, ...bars.map(({ value }) => value))
  const step = WIDTH / Math.max(room, bars.length)
  const [first, last] = [bars[0], bars.at(-1)]
  return (
    <figure class="chart">
      <figcaption id={id}>
        {title} <span class="figures">at most {most.toLocaleString('en')} in a day</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT + 18}`} role="img" aria-labelledby={id} focusable="false">
        <line class="chart-base" x1="0" x2={WIDTH} y1={HEIGHT + 0.5} y2={HEIGHT + 0.5} />
        {bars.map(({ label, value }, index) => {
          const height = value === 0 ? 0 : Math.max(3, (value / most) * (HEIGHT - 6))
          return (
            <rect
              key={label}
              class="chart-bar"
              x={index * step}
              y={HEIGHT - height}
              width={step - GAP}
              height={height}
              rx="2"
            >
              <title>
                {label}: {value.toLocaleString('en')}
              </title>
            </rect>
          )
        })}
        {first && (
          <text class="chart-label" x="0" y={HEIGHT + 15}>
            {first.label}
          </text>
        )}
        {last && last !== first && bars.length > 4 && (
          <text class="chart-label" x={(bars.length - 1) * step + (step - GAP)} y={HEIGHT + 15} text-anchor="end">
            {last.label}
          </text>
        )}
      </svg>
      <details>
        <summary>The figures as a table</summary>
        <div class="table">
          <table>
            <thead>
              <tr>
                <th scope="col">{heads[0]}</th>
                <th scope="col">{heads[1]}</th>
              </tr>
            </thead>
            <tbody>
              {bars.map(({ label, value }) => (
                <tr key={label}>
                  <td>{label}</td>
                  <td>{value.toLocaleString('en')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}
