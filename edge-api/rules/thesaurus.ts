import { english, type Language } from './language.ts'
import { normalise } from './terms.ts'

/**
 * What visitors say and documentation calls otherwise, one group a line: any member may stand for the others, at a lower
 * weight. Members of several words are met in questions only. Written for documentation of software in general; the name of
 * a product or of one of its features has no place here.
 */
const ENGLISH = `
disable, deactivate, turn off, switch off, shut off, opt out, suppress, get rid of
enable, activate, turn on, switch on, opt in
remove, delete, uninstall, erase, drop, unset, get rid of, take out, clean up
add, include, append, insert, put
create, make, generate, scaffold, new, initialize, bootstrap
change, modify, edit, alter, customize, override, adjust, replace, configure, switch
set, configure, define, specify, set up
choose, select, pick
config, configuration, settings, options, preferences, setup
option, setting, flag, parameter, property, field, argument, prop
install, setup, set up, installation, add
update, upgrade, migrate, bump, newest, latest, move from, move to
downgrade, rollback, revert, undo, roll back, go back
start, run, launch, boot, execute, serve, spin up, fire up
stop, halt, terminate, kill, abort, cancel, quit, shutdown, shut down, close, end
restart, reload, reboot, refresh
pause, suspend, wait, sleep, delay, hold
picture, image, photo, img, pictures, graphic, icon, logo
video, movie, clip
speed up, faster, performance, optimize, slow, speed, fast, quick, slowness
improve, optimize, enhance, better
memory, ram, heap
cost, price, pricing, fee, paid, charge, subscription
phone, mobile, smartphone, tablet, device, devices
wifi, lan, network, host, wi-fi
network, host, lan, expose, local network
computer, machine, laptop, host
error, exception, failure, failed, crash, throws, bug, broken, fail
error, message, warning
fix, resolve, solve, repair, troubleshoot, workaround
problem, issue, trouble, troubleshooting
login, authenticate, authentication, signin, log in, logged in, sign in, auth, session
logout, signout, log out, sign out
password, credentials, secret, passphrase
user, visitor, account, customer
permission, access, authorization, role, allow, rights
allow, permit, accept, enable, grant
forbid, block, deny, prevent, restrict, disallow, reject, refuse, ban
secure, security, protect, safe, safety, harden
secret, credential, token, key, sensitive
hide, mask, redact, omit, exclude, conceal, censor, scrub
exclude, ignore, skip, omit, leave out, except
show, display, print, render, output, list, view
see, inspect, view, show, find out, look at
folder, directory, dir, path
file, document, disk
download, fetch, retrieve, get
send, post, submit, dispatch, emit, transmit, pass
receive, get, read, accept
read, load, parse, import, open
save, store, persist, write, keep, persistence
remember, persist, store, cache, memory
copy, clone, duplicate
move, rename, relocate
rename, alias, name
url, link, address, route, path, endpoint
redirect, rewrite, forward, redirection
page, route, view, screen
site, website, app, application, project
homepage, index, root, landing
style, css, stylesheet, styling, styles
color, colour, theme
font, typography, typeface
dark mode, theme, dark
language, locale, i18n, internationalization, translation, languages, localization, multilingual, translate
translate, i18n, translation, localization, locale
date, time, timestamp, datetime
time zone, timezone
timeout, time out, expire, expiry, expiration, ttl, too long, times out
limit, maximum, max, restrict, cap, bigger than, larger than
rate limit, throttle, throttling
minimum, min, at least
size, length, bytes, big, bigger, large, larger
smaller, minify, reduce, compress, shrink, reduction
compress, gzip, compression, brotli, zip
cache, caching, cached, stale, memoize
stale, outdated, old, expired
deploy, deployment, publish, host, hosting, release, ship, go live
production, deploy, live, prod
development, dev, local, locally
test, tests, testing, spec, unit test
mock, fake, stub, pretend, simulate, dummy
debug, debugging, inspect, breakpoint, debugger, troubleshoot
log, logs, logging, logger, print
monitor, observe, trace, tracing, metrics, telemetry, instrumentation, observability
statistics, stats, metrics, analytics, usage
analytics, tracking, telemetry
docker, container, dockerfile, dockerize, containers, image
ci, pipeline, continuous integration, workflow
environment, env, environments
variable, env, constant
schedule, cron, periodically, interval, nightly
background, async, queue, job, asynchronous
parallel, concurrent, simultaneously, at once, at the same time, concurrency, concurrently
several, multiple, many
monorepo, workspace, workspaces
package, dependency, module, library, packages, dependencies, deps
version, release, versions
lockfile, lock file, package-lock
shortcut, alias, abbreviation
alias, shortcut, path mapping
plugin, extension, addon, integration, add-on
extend, extension, plugin, customize
component, widget, element
template, layout, boilerplate, starter
form, input, submit, fields
button, control, click
dropdown, select, menu
upload, uploads, multipart, attachment, file upload
api, endpoint, interface, rest
request, call, requests, query
reply, response, respond, answer, return
header, headers
body, payload, content
query, search, querystring
database, db, sql, postgres, mysql
schema, model, definition, type
validate, validation, check, verify, validator
verify, check, validate, confirm, ensure, assert
compare, diff, difference, versus, equality
convert, transform, turn into, translate, parse, serialize
serialize, stringify, json, encode
parse, decode, deserialize, parser
encrypt, encryption, cipher, tls
https, ssl, tls, certificate, cert
certificate, cert, ca, tls
proxy, forward, gateway, reverse proxy
retry, retries, reconnect, again, try again, attempts
connect, connection, attach, integrate, link
disconnect, connection, detach
realtime, live, websocket, real time, push, subscription
websocket, websockets, ws, socket
event, hook, listener, callback, trigger
hook, lifecycle, callback, event, hooks
middleware, interceptor, hook
function, method, helper
loop, iterate, each
import, require, load, include
bundle, build, compile, output, bundling, bundler
compile, transpile, build
executable, binary, standalone
typescript, ts, types
javascript, js
markdown, md, mdx
documentation, docs, guide
example, sample, demo, snippet
tutorial, guide, walkthrough, getting started
requirement, requirements, prerequisite, prerequisites, required, compatibility
supported, support, compatible, compatibility, works with, work with
browser, browsers, client, client side
server, backend, server side
frontend, client, front end
terminal, command line, cli, console, shell, command
command, script, cli
script, command, task
keyboard, shortcut, hotkey
default, initial, standard, out of the box, built in
built in, builtin, native, default
automatically, auto, automatic, by itself, on its own
manually, manual, by hand
nested, deep, child, inside
duplicate, dedupe, twice, duplicates, deduplicate, repeated
missing, not found, cannot find, undefined, 404
not found, 404, missing
watch, watcher, hmr, file changes, whenever a file changes
reload, hmr, refresh, hot
preview, draft, drafts
static, prerender, ssg, prerendered, plain html
dynamic, runtime, on demand
server rendering, ssr, prerender
lazy, defer, lazily, later
preload, prefetch, preloading
share, reuse, shared, common
reuse, reusable, share
protect, guard, restrict, authentication, authorization
private, restricted, internal, protected
public, open, exposed
license, licence, copyright
contribute, contributing, contribution
report, file a bug, submit
format, formatting, pretty, prettify, pretty print
pretty, format, readable
indent, spacing, whitespace
filter, where, exclude, include
sort, order, sorting, ordering
order, sequence, sort, precedence, priority
paginate, pagination, paging
group, nest, prefix, namespace
prefix, base, subpath, sub path, under a
identify, identity, identification
unique, id, identifier, uuid
random, randomness, seed
number, count, amount, how many
stream, streaming, streamed, chunk
hash, digest, checksum, fingerprint
permissions, policy, chmod
webpage, page, html
seo, metadata, meta, search engine
metadata, meta, frontmatter, head
rss, feed
email, mail, e-mail
notification, alert, notify
backup, export, snapshot, dump
export, dump, output
status, state, health
health, healthcheck, status, readiness
shutdown, graceful, gracefully, close, terminate
cluster, scale, scaling, instances, cores
thread, worker, threads, workers
speech, audio, voice, sound
sound, audio
cookie, cookies, session
session, cookie, sessions
csrf, xsrf, forgery
cors, cross origin, origin, cross-origin
subdomain, domain, hostname
domain, hostname, host, domains
port, listen, listens
listen, bind, port, host
ip, address, host
`

/** Phrases in lower case, each word normalised → single words that docs may use instead, normalised too. */
const RELATED: Readonly<Record<string, ReadonlyMap<string, ReadonlySet<string>>>> = {
  en: relatedByMember(ENGLISH, english),
}
const MAX_PHRASE_WORDS = 4

function relatedByMember(lines: string, language: Language): Map<string, Set<string>> {
  const byMember = new Map<string, Set<string>>()
  for (const line of lines.trim().split('\n')) {
    const members = line.split(', ').map((member) => normalisedWords(member, language))
    const single = members.flatMap(([word, ...more]) => (word !== undefined && more.length === 0 ? [word] : []))
    for (const member of members) {
      const key = member.join(' ')
      const related = byMember.get(key) ?? new Set()
      for (const word of single) if (!member.includes(word)) related.add(word)
      byMember.set(key, related)
    }
  }
  return byMember
}

function normalisedWords(text: string, language: Language): string[] {
  return (text.match(/[\p{L}\p{M}\p{N}'-]+/gu) ?? []).map((word) => normalise(word, language))
}

/** A stretch of a question that the docs may call otherwise; all normalised. */
export interface Rephrasing {
  words: string[]
  related: string[]
}

/** Every word and phrase of the text that the thesaurus knows, in order; the longest at each place. */
export function rephrasings(text: string, language: Language): Rephrasing[] {
  const known = RELATED[language.code]
  if (known === undefined) return []
  const words = normalisedWords(text, language)
  const found: Rephrasing[] = []
  for (let at = 0; at < words.length; ) {
    const longest = phraseLengthAt(words, at, known)
    if (longest > 0) {
      const spoken = words.slice(at, at + longest)
      found.push({ words: spoken, related: [...(known.get(spoken.join(' ')) ?? [])] })
    }
    at += Math.max(1, longest)
  }
  return found
}

function phraseLengthAt(words: readonly string[], at: number, known: ReadonlyMap<string, unknown>): number {
  for (let length = MAX_PHRASE_WORDS; length > 0; length--)
    if (at + length <= words.length && known.has(words.slice(at, at + length).join(' '))) return length
  return 0
}
