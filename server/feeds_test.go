package server

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

const pathFeeds = "/api/calendar-feeds"

// outside asks without a token, from an address. Headers are pairs.
func (l *linking) outside(t *testing.T, method, target, from string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, strings.TrimPrefix(target, backend), nil)
	r.RemoteAddr = from + ":1"
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	l.handler.ServeHTTP(w, r)
	return w
}

// fed opens a feed of the clinic's resource.
func (l *linking) fed(t *testing.T) (id, address string) {
	t.Helper()
	w := l.console(t, http.MethodPost, pathFeeds, `{"resource_id": "`+l.resource+`"}`)
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"), "an address is kept nowhere")
	feed := answered(t, w, http.StatusCreated)
	return feed["id"].(string), feed["address"].(string)
}

func TestAFeedShowsAResourcesVisits(t *testing.T) {
	t.Parallel()
	l := connectGoogle(t)
	id, address := l.fed(t)
	require.Regexp(t, "^"+regexp.QuoteMeta(backend)+`/api/calendar-feeds/[A-Za-z0-9_-]{43}\.ics$`, address)
	list := l.ok(t, http.MethodGet, pathFeeds, "")["feeds"].([]any)
	require.Equal(t, []any{id, l.user.String()}, []any{list[0].(map[string]any)["id"], list[0].(map[string]any)["created_by"]})
	require.NotContains(t, list[0], "address")

	visit := l.booked(t, "2030-03-05 10:00", "Ann Quillby")
	waiting := l.booked(t, "2030-03-05 12:00", "Bea Quillworth")
	l.booked(t, "2030-03-05 14:00", "Cy Quillfeather")
	l.data.Exec(t, "update public.appointments set status = 'pending' where id = $1", waiting)
	l.data.Exec(t, "update public.appointments set status = 'cancelled' where patient_id in (select id from public.patients where name like 'Cy %')")
	l.data.Exec(t, "update public.resources set name = $1 where id = $2", "Dr. Quill, Lilac; Sons \\ "+strings.Repeat("é", 60), l.resource)

	answer := l.outside(t, http.MethodGet, address, "198.51.100.7")
	require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
	for header, want := range map[string]string{
		"Content-Type": "text/calendar; charset=utf-8; method=PUBLISH", "Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer",
		"X-Robots-Tag": "noindex, nofollow", "X-Content-Type-Options": "nosniff",
	} {
		require.Equal(t, want, answer.Header().Get(header), header)
	}
	file := readCalendar(t, answer.Body.String())
	require.Equal(t, "PUBLISH 2.0 PT15M PT15M", strings.Join([]string{file.is("METHOD"), file.is("VERSION"), file.is("REFRESH-INTERVAL"), file.is("X-PUBLISHED-TTL")}, " "))
	require.Equal(t, "Dr. Quill, Lilac; Sons \\ "+strings.Repeat("é", 60)+" – Lakeside Dental", file.is("X-WR-CALNAME"))
	require.Len(t, file.events, 2, "what was cancelled is not there")
	first, second := file.events[0], file.events[1]
	require.Equal(t, []string{visit + "@voxanne", "20300305T160000Z", "20300305T163000Z", "Busy – clinic appointment", "CONFIRMED", "OPAQUE"},
		[]string{first.is("UID"), first.is("DTSTART"), first.is("DTEND"), first.is("SUMMARY"), first.is("STATUS"), first.is("TRANSP")})
	require.Equal(t, []string{waiting + "@voxanne", "TENTATIVE"}, []string{second.is("UID"), second.is("STATUS")})
	require.Equal(t, first.is("DTSTAMP"), first.is("LAST-MODIFIED"))
	require.NotContains(t, answer.Body.String(), "Quillby", "calendars are told no names unless the clinic says so")

	tag := answer.Header().Get("ETag")
	same := l.outside(t, http.MethodGet, address, "198.51.100.7", "If-None-Match", `"x", `+tag)
	require.Equal(t, []any{http.StatusNotModified, 0, tag}, []any{same.Code, same.Body.Len(), same.Header().Get("ETag")})
	head := l.outside(t, http.MethodHead, address, "198.51.100.7")
	require.Equal(t, []any{http.StatusOK, 0, fmt.Sprint(answer.Body.Len())}, []any{head.Code, head.Body.Len(), head.Header().Get("Content-Length")})
	require.Equal(t, http.StatusOK, l.outside(t, http.MethodGet, strings.TrimSuffix(address, ".ics"), "198.51.100.7").Code)

	l.ok(t, http.MethodPatch, "/api/orgs", `{"calendar_content": "full"}`)
	full := l.outside(t, http.MethodGet, address, "198.51.100.7", "If-None-Match", tag)
	require.Equal(t, http.StatusOK, full.Code, "it says more now")
	event := readCalendar(t, full.Body.String()).events[0]
	require.Equal(t, "Checkup – Ann Quillby", event.is("SUMMARY"))
	require.Contains(t, event.is("DESCRIPTION"), "reference")
	require.NotEmpty(t, event.is("LOCATION"))

	token := strings.TrimSuffix(strings.TrimPrefix(address, backend+feedPath), feedSuffix)
	require.NotContains(t, l.log.String(), token, "no log holds the address")
	require.Contains(t, l.log.String(), `"route":"GET /api/calendar-feeds/{token}"`)
}

func TestAFeedThatDoesNotOpenSaysNothing(t *testing.T) {
	t.Parallel()
	l := connectGoogle(t)
	id, revoked := l.fed(t)
	_, deleted := l.fed(t)
	l.become(t, "staff")
	requireRefusal(t, l.console(t, http.MethodPost, pathFeeds, `{"resource_id": "`+l.resource+`"}`), http.StatusForbidden, CodeForbidden)
	requireRefusal(t, l.console(t, http.MethodDelete, pathFeeds+"/"+id, ""), http.StatusForbidden, CodeForbidden)
	l.become(t, "owner")
	require.Equal(t, http.StatusOK, l.outside(t, http.MethodGet, revoked, "198.51.100.7").Code, "control")
	l.ok(t, http.MethodDelete, pathFeeds+"/"+id, "")
	requireRefusal(t, l.console(t, http.MethodDelete, pathFeeds+"/"+id, ""), http.StatusNotFound, CodeNotFound)
	require.Len(t, l.ok(t, http.MethodGet, pathFeeds, "")["feeds"], 1, "only the other is open")
	l.data.Exec(t, "update public.organizations set deleted_at = app.now() where id = $1", l.org)
	said := map[string]bool{}
	for i, address := range []string{revoked, deleted, feedPath + strings.Repeat("A", 43) + ".ics", feedPath + "x", feedPath + strings.Repeat("x", 500), feedPath + "%00", feedPath + id} {
		w := l.outside(t, http.MethodGet, address, "198.51.100.7", "X-Request-Id", "one-and-the-same")
		require.Equal(t, http.StatusNotFound, w.Code, "%d", i)
		said[w.Body.String()+fmt.Sprint(w.Header())] = true
	}
	require.Len(t, said, 1, "one answer for all of them")
	require.Equal(t, http.StatusMethodNotAllowed, l.outside(t, http.MethodPut, deleted, "198.51.100.7").Code)
}

// Subscribers of revoked feeds and strangers share the addresses of proxies and calendar services with everybody else.
func TestGuessesShutNobodyOut(t *testing.T) {
	t.Parallel()
	l := connectGoogle(t)
	_, address := l.fed(t)
	for range 20 * strangersAtOnce {
		require.Equal(t, http.StatusNotFound, l.outside(t, http.MethodGet, feedPath+strings.Repeat("A", 43), "198.51.100.7").Code)
	}
	require.Equal(t, http.StatusOK, l.outside(t, http.MethodGet, address, "198.51.100.7").Code)
}

// component is a part of a calendar file: its properties' values by name, TEXT unescaped, and the parts within.
type component struct {
	name   string
	values map[string]string
	events []component
}

func (c component) is(name string) string { return c.values[name] }

// contentLine is RFC 5545's (3.1): a name, parameters, a value.
var contentLine = regexp.MustCompile(`^([A-Z-]+)((?:;[A-Z-]+=(?:"[^"[:cntrl:]]*"|[^";:,[:cntrl:]]*))*):([^\x00-\x08\x0a-\x1f\x7f]*)$`)

// readCalendar reads a file as RFC 5545 has it and refuses what it has not: another line end, a line that is too long or cut
// within a character, a property twice, or a part that is not closed or lacks what it must have.
func readCalendar(t *testing.T, file string) component {
	t.Helper()
	require.True(t, strings.HasSuffix(file, "\r\n"))
	require.NotRegexp(t, `[^\r]\n|\r[^\n]`, file, "every line ends in CRLF")
	for _, line := range strings.Split(file, "\r\n") {
		require.LessOrEqual(t, len(line), 75, "octets")
		require.True(t, utf8.ValidString(line), "cut within a character: %q", line)
	}
	open := []component{{}}
	for _, line := range strings.Split(strings.TrimSuffix(strings.ReplaceAll(file, "\r\n ", ""), "\r\n"), "\r\n") {
		parts := contentLine.FindStringSubmatch(line)
		require.NotNil(t, parts, "no content line: %q", line)
		last := len(open) - 1
		switch name, value := parts[1], parts[3]; name {
		case "BEGIN":
			open = append(open, component{name: value, values: map[string]string{}})
		case "END":
			require.Equal(t, open[last].name, value)
			requireComplete(t, open[last])
			open[last-1].events = append(open[last-1].events, open[last])
			open = open[:last]
		default:
			require.NotContains(t, open[last].values, name, "twice in one part")
			open[last].values[name] = unescaped(t, value)
		}
	}
	require.Len(t, open, 1, "every part is closed")
	require.Len(t, open[0].events, 1, "one calendar")
	require.Equal(t, "VCALENDAR", open[0].events[0].name)
	return open[0].events[0]
}

func requireComplete(t *testing.T, c component) {
	t.Helper()
	for _, name := range map[string][]string{"VCALENDAR": {"VERSION", "PRODID"}, "VEVENT": {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY"}}[c.name] {
		require.NotEmpty(t, c.values[name], "%s has no %s", c.name, name)
	}
	for _, name := range []string{"DTSTAMP", "DTSTART", "DTEND", "LAST-MODIFIED"} {
		if at, there := c.values[name]; there {
			_, err := time.Parse("20060102T150405Z", at)
			require.NoError(t, err, name)
		}
	}
}

// unescaped reads a TEXT value, in which nothing else may be escaped.
func unescaped(t *testing.T, value string) string {
	t.Helper()
	require.NotRegexp(t, `(?:^|[^\\])(?:\\\\)*\\(?:[^\\;,nN]|$)`, value)
	return strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n", `\N`, "\n").Replace(value)
}
