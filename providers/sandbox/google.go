package sandbox

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Google plays Google's OAuth 2.0 and Calendar API v3 on one host: consents, tokens, calendars, events, sync tokens,
// channels and quotas. Methods edit calendars as staff would, and make things go wrong. It is an http.Handler, safe for
// concurrent use. Its clock is the machine's until [Google.Pass].
type Google struct {
	failures      failures // of the Calendar API
	tokenFailures failures // of /token, /revoke and /v1/userinfo
	client        *http.Client
	life          context.Context // of pushes
	end           context.CancelFunc
	running       sync.WaitGroup
	clientID      string
	secret        string
	redirects     []string

	mu        sync.Mutex
	ahead     time.Duration
	latency   time.Duration
	random    *rand.Rand // of failures
	risks     []Risk
	people    map[string]*googlePerson   // by address
	calendars map[string]*googleCalendar // by id
	consents  googleConsents
	listings  googleListings
	channels  googleChannels
	quota     googleQuota
}

// googlePerson is an account at Google.
type googlePerson struct {
	email     string
	calendars []googleEntry
	consented bool // to our client before, and not revoked since
}

// googleEntry is a calendar in a person's list.
type googleEntry struct {
	calendar *googleCalendar
	role     string // freeBusyReader, reader, writer, owner
	primary  bool
}

// NewGoogle plays Google for one client (project) and its registered redirect addresses, without any account. Close ends its
// pushes.
func NewGoogle(clientID, secret string, redirects ...string) *Google {
	life, end := context.WithCancel(context.Background())
	return &Google{
		client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second},
		life:   life, end: end, clientID: clientID, secret: secret, redirects: slices.Clone(redirects),
		people: map[string]*googlePerson{}, calendars: map[string]*googleCalendar{},
		consents: newGoogleConsents(), listings: newGoogleListings(), channels: newGoogleChannels(),
		quota: googleQuota{project: 10_000, person: 600},
	}
}

// Close stops pushes and waits for those under way. It may be called twice.
func (g *Google) Close() {
	g.mu.Lock()
	g.end() // under the lock: no push starts after it
	g.mu.Unlock()
	g.running.Wait()
}

// AddPerson adds an account, whose primary calendar has its address as id, in an IANA zone.
func (g *Google) AddPerson(email, zone string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := newGoogleCalendar(email, email, zone)
	g.calendars[email] = c
	g.people[email] = &googlePerson{email: email, calendars: []googleEntry{{calendar: c, role: "owner", primary: true}}}
}

// AddCalendar gives a known person one more calendar and returns its id.
func (g *Google) AddCalendar(email, summary, zone string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := newGoogleCalendar(newID("c_")+"@group.calendar.google.com", summary, zone)
	g.calendars[c.id] = c
	g.people[email].calendars = append(g.people[email].calendars, googleEntry{calendar: c, role: "owner"})
	return c.id
}

// Share puts a calendar into a known person's list with a role, or gives them another one.
func (g *Google) Share(calendarID, email, role string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.people[email]
	p.calendars = slices.DeleteFunc(p.calendars, func(e googleEntry) bool { return e.calendar.id == calendarID })
	p.calendars = append(p.calendars, googleEntry{calendar: g.calendars[calendarID], role: role})
}

// DeleteCalendar takes a calendar out of all lists; requests for it are answered 404.
func (g *Google) DeleteCalendar(calendarID string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.calendars, calendarID)
	for _, p := range g.people {
		p.calendars = slices.DeleteFunc(p.calendars, func(e googleEntry) bool { return e.calendar.id == calendarID })
	}
}

// Pass lets time pass for Google alone: tokens, codes and channels come to their ends, and a new minute of quotas begins. It
// plays clocks that differ, too.
func (g *Google) Pass(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ahead += d
}

// now is Google's time. The lock is held.
func (g *Google) now() time.Time { return time.Now().Add(g.ahead) }

// SetLatency delays every answer from now on, on top of a failure's own delay.
func (g *Google) SetLatency(latency time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.latency = latency
}

// Fail makes the next requests to the Calendar API fail, one failure each, in order; the ones after them are served.
func (g *Google) Fail(f ...Failure) { g.failures.order(f) }

// FailAtRandom makes requests to the Calendar API fail from now on, the same ones for the same seed and order of requests.
// Failures ordered with Fail come first. Without risks nothing fails any more.
func (g *Google) FailAtRandom(seed uint64, risks ...Risk) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.random, g.risks = rand.New(rand.NewPCG(seed, seed)), slices.Clone(risks)
}

// FailTokens does the same for the endpoints of tokens and of the account's address.
func (g *Google) FailTokens(f ...Failure) { g.tokenFailures.order(f) }

// Requests returns how many requests came so far to the Calendar API, and how many about tokens; refused and failed ones
// included.
func (g *Google) Requests() (calendar, tokens int) {
	return g.failures.count(), g.tokenFailures.count()
}

// ServeHTTP fails if told to, and serves.
func (g *Google) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if throughDoor(googleDesk{g}, w, r) {
		return
	}
	if r.URL.Path == "/o/oauth2/v2/auth" {
		g.consent(w, r) // a page for browsers, which never fails here
		return
	}
	if _, whole := readBody(w, r, maxFormBody); !whole {
		refuseGoogle(w, http.StatusRequestEntityTooLarge, "global", "uploadTooLarge", "Request is too large.")
		return
	}
	if strings.HasPrefix(r.URL.Path, "/calendar/v3/") {
		g.trouble(&g.failures).play(w, r, g.serveCalendars, failGoogle)
		return
	}
	g.trouble(&g.tokenFailures).play(w, r, g.serveTokens, failGoogleToken)
}

// trouble counts a request and decides how it fails; the zero Failure is for one that is served at once. Only the Calendar
// API fails at random.
func (g *Google) trouble(ordered *failures) Failure {
	failure := ordered.next()
	g.mu.Lock()
	defer g.mu.Unlock()
	if failure == (Failure{}) && ordered == &g.failures {
		failure = drawn(g.random, g.risks)
	}
	failure.Delay += g.latency
	return failure
}

// serveCalendars checks the access token, the quota and the scope, and finds out what is wanted.
func (g *Google) serveCalendars(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	grant := g.consents.bearer(r, g.now())
	if grant == nil {
		refuseGoogleAt(w, http.StatusUnauthorized, "global", "authError", "Invalid Credentials", "header", "Authorization")
		return
	}
	if g.quota.exceeded(w, grant.person.email, g.now()) {
		return
	}
	var path []string
	for segment := range strings.SplitSeq(strings.TrimPrefix(r.URL.EscapedPath(), "/calendar/v3/"), "/") {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			refuseGoogle(w, http.StatusNotFound, "global", "notFound", "Not Found")
			return
		}
		path = append(path, plain)
	}
	all := grant.allows("https://www.googleapis.com/auth/calendar")
	switch {
	case !all && !(grant.allows("https://www.googleapis.com/auth/calendar.events") && path[0] != "users"):
		refuseGoogle(w, http.StatusForbidden, "global", "insufficientPermissions", "Insufficient Permission")
	case r.Method == http.MethodGet && slices.Equal(path, []string{"users", "me", "calendarList"}):
		grant.person.list(w, r.URL.Query())
	case r.Method == http.MethodPost && slices.Equal(path, []string{"channels", "stop"}):
		g.stopChannel(w, r, grant.person)
	case len(path) >= 3 && path[0] == "calendars" && path[2] == "events":
		g.serveEvents(w, r, grant.person, path[1], path[3:])
	default:
		refuseGoogle(w, http.StatusNotFound, "global", "notFound", "Not Found")
	}
}

// serveEvents finds the calendar in the person's list and checks the role.
func (g *Google) serveEvents(w http.ResponseWriter, r *http.Request, p *googlePerson, calendarID string, rest []string) {
	i := slices.IndexFunc(p.calendars, func(e googleEntry) bool {
		return e.calendar.id == calendarID || (e.primary && calendarID == "primary")
	})
	if i < 0 {
		refuseGoogle(w, http.StatusNotFound, "global", "notFound", "Not Found")
		return
	}
	c, role, watches := p.calendars[i].calendar, p.calendars[i].role, slices.Equal(rest, []string{"watch"})
	writes := r.Method != http.MethodGet && !watches
	switch {
	case role == "freeBusyReader", writes && role == "reader":
		refuseGoogle(w, http.StatusForbidden, "calendar", "requiredAccessLevel", "You need to have writer access to this calendar.")
	case r.Method == http.MethodPost && watches:
		g.watch(w, r, p, c)
	case r.Method == http.MethodGet && len(rest) == 0:
		g.listEvents(w, r.URL.Query(), c)
	case r.Method == http.MethodPost && len(rest) == 0:
		g.insertEvent(w, r, c)
	case len(rest) == 1 && rest[0] != "":
		g.serveEvent(w, r, c, rest[0])
	default:
		refuseGoogle(w, http.StatusNotFound, "global", "notFound", "Not Found")
	}
}

// list answers with the person's calendars (Google: calendarList.list).
func (p *googlePerson) list(w http.ResponseWriter, query url.Values) {
	var items []any
	for _, e := range p.calendars {
		item := map[string]any{"kind": "calendar#calendarListEntry", "id": e.calendar.id, "summary": e.calendar.summary,
			"timeZone": e.calendar.zone, "accessRole": e.role, "selected": true}
		if e.primary {
			item["primary"] = true
		}
		items = append(items, item)
	}
	answerGoogle(w, query.Get("fields"), map[string]any{"kind": "calendar#calendarList", "items": items})
}
