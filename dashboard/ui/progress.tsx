interface ProgressProps {
  label: string
  /** Of `total`; what is being done has no end yet while `total` is 0. */
  done: number
  total: number
}

export function Progress({ label, done, total }: ProgressProps) {
  return (
    <div class="progress">
      <p>
        <span>{label}</span>
        {total > 0 && (
          <span class="figures">
            {done.toLocaleString('en')} of {total.toLocaleString('en')}
          </span>
        )}
      </p>
      <progress aria-label={label} max={total > 0 ? total : 1} value={total > 0 ? done : undefined} />
    </div>
  )
}
