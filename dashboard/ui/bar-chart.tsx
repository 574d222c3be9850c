interface BarChartProps {
  title: string
  /** One bar each, in order. */
  bars: { label: string; value: number }[]
  /** What a bar is of, for the table's head: “Day”, “Answers”. */
  heads: [string, string]
  /** In place of the bars where every value is 0. */
  empty: string
}

const [WIDTH, HEIGHT, GAP] = [620, 140, 4]
/** So that the first days of a month are not stretched over it. */
const MIN_ROOM = 14

/** Bars for the eye; the same figures as a table for whoever reads them otherwise, and for everybody who opens it. */
export function BarChart({ title, bars, heads, empty }: BarChartProps) {
  const most = Math.max(0, ...bars.map(({ value }) => value))
  const step = WIDTH / Math.max(MIN_ROOM, bars.length)
  if (most === 0) return <p class="hint">{empty}</p>
  return (
    <figure class="chart">
      <figcaption>
        {title} <span class="figures">at most {most.toLocaleString('en')} in a day</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
        {bars.map(({ label, value }, index) => {
          const height = value === 0 ? 0 : Math.max(3, (value / most) * HEIGHT)
          return <rect key={label} x={index * step} y={HEIGHT - height} width={step - GAP} height={height} />
        })}
      </svg>
      <p class="chart-ends" aria-hidden="true">
        <span>{bars[0]?.label}</span>
        <span>{bars.length > 1 && `today, ${bars.at(-1)?.label}`}</span>
      </p>
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
