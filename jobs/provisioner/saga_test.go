package provisioner

import (
	"context"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// request is one that a run makes: which provider, method and path without ids.
type request string

func nameOf(r *http.Request) request {
	path := regexp.MustCompile(`[0-9a-f-]{36}|(AC|PN)[0-9a-f]{32}`).ReplaceAllString(r.URL.Path, "{id}")
	return request(r.Method + " " + strings.TrimPrefix(path, "/2010-04-01/Accounts/{id}"))
}

// The ways of a run, and how each ends when it goes well: towards a line, and back as the clinic wishes or after a failure.
const (
	setUp, release, undo = "set-up", "release", "undo"
)

func endOf(way string) string {
	return map[string]string{setUp: "active", release: "released", undo: "undone"}[way]
}

// recorded returns, in order, the requests of a run that goes well: what to break.
func recorded(t *testing.T, way string) (all []request) {
	t.Helper()
	b := setup(t)
	p := b.provisioner(t, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		all = append(all, nameOf(r))
		return next.RoundTrip(r)
	})
	run := b.toBreak(t, p, way)
	if way != setUp {
		all = nil
	}
	b.drive(t, p, b.clinic, run)
	require.Equal(t, endOf(way), b.requireWhole(t, b.clinic, run))
	return all
}

// toBreak is a run that has just begun on its way.
func (b *testBundle) toBreak(t *testing.T, p *Provisioner, way string) uuid.UUID {
	t.Helper()
	run, err := b.begin(t, b.clinic, nil)
	require.NoError(t, err)
	if way == setUp {
		return run.ProvisioningID
	}
	b.drive(t, p, b.clinic, run.ProvisioningID)
	if way == release {
		b.release(t)
	} else {
		b.undo(t, run.ProvisioningID)
	}
	return run.ProvisioningID
}

// undo has a run undone, as a failure does.
func (b *testBundle) undo(t *testing.T, run uuid.UUID) {
	t.Helper()
	require.NoError(t, b.db.AsTenant(t.Context(), b.clinic.org, func(tx db.Tx) error {
		_, err := tx.UndoProvisioning(t.Context(), run)
		return err
	}))
}

// release gives the clinic's number up.
func (b *testBundle) release(t *testing.T) {
	t.Helper()
	require.NoError(t, b.asOwner(t, b.clinic, func(tx db.Tx) error {
		number, err := tx.FindPhoneNumber(t.Context(), b.clinic.number)
		if err == nil {
			_, err = tx.ReleasePhoneNumber(t.Context(), number.ID)
		}
		return err
	}))
}

// fault is a way in which a request goes wrong.
type fault struct {
	name  string
	play  sandbox.Failure
	dies  string // "before" or "after" the provider acts, the process ends
	times int    // how often, at most
}

// faults are those of a way. A set-up is given up in the end, a way back never is; undoing does what a release does, so
// that the telling ones are enough.
func faults(way string) (all []fault) {
	again := 12 // more often than any step is tried, with what the client repeats by itself
	if way != setUp {
		again = 5
	}
	hangs := time.Minute
	all = []fault{
		{name: "dies before", dies: "before", times: 1},
		{name: "dies after", dies: "after", times: 1},
		{name: "refused again and again", play: sandbox.Failure{Status: 400}, times: again},
		{name: "hangs after acting again and again", play: sandbox.Failure{Delay: hangs, Acts: true}, times: again},
	}
	if way == undo {
		return all
	}
	return append(all, []fault{
		{name: "refused", play: sandbox.Failure{Status: 400}, times: 1},
		{name: "5xx once", play: sandbox.Failure{Status: 500}, times: 1},
		{name: "5xx again and again", play: sandbox.Failure{Status: 500}, times: again},
		{name: "5xx after acting", play: sandbox.Failure{Status: 502, Acts: true}, times: 1},
		{name: "429", play: sandbox.Failure{Status: 429, RetryAfter: 3 * time.Second}, times: 1},
		{name: "429 again and again", play: sandbox.Failure{Status: 429, RetryAfter: 3 * time.Second}, times: again},
		{name: "401 once", play: sandbox.Failure{Status: 401}, times: 1},
		{name: "401 again and again", play: sandbox.Failure{Status: 401}, times: again},
		{name: "hangs", play: sandbox.Failure{Delay: hangs}, times: 1},
		{name: "hangs again and again", play: sandbox.Failure{Delay: hangs}, times: again},
		{name: "hangs after acting", play: sandbox.Failure{Delay: hangs, Acts: true}, times: 1},
	}...)
}

// strike makes the at-th request of a run, and those like it, go wrong.
func (b *testBundle) strike(f fault, at int, name request, die func()) func(*http.Request, http.RoundTripper) (*http.Response, error) {
	seen, struck := 0, 0
	return func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		seen++
		if struck == f.times || (struck == 0 && seen <= at) || nameOf(r) != name {
			return next.RoundTrip(r)
		}
		struck++
		switch f.dies {
		case "before":
			die()
			return nil, context.Canceled
		case "after":
			resp, err := next.RoundTrip(r)
			if err == nil {
				resp.Body.Close()
			}
			die()
			return nil, context.Canceled
		}
		if strings.HasPrefix(r.URL.Path, "/2010-04-01/") {
			b.twilio.Fail(f.play)
		} else {
			b.vapi.Fail(f.play)
		}
		if f.play.Delay > 0 {
			ctx, cancel := context.WithTimeout(r.Context(), 30*time.Millisecond)
			defer cancel()
			r = r.WithContext(ctx)
		}
		return next.RoundTrip(r)
	}
}

// Every request of a set-up, of a release and of an undoing, in every way that it can go wrong: the end is a line that works or nothing
// left, never something between, and the account is kept.
func TestEveryStepBrokenInEveryWay(t *testing.T) {
	t.Parallel()
	for _, way := range []string{setUp, release, undo} {
		all := recorded(t, way)
		require.GreaterOrEqual(t, len(all), 7, "control: %v", all)
		for _, f := range faults(way) {
			t.Run(way+" "+f.name, func(t *testing.T) {
				t.Parallel()
				b, ends := setup(t), map[string]int{}
				for at, name := range all {
					b.anew(t)
					healthy := b.provisioner(t, nil)
					run := b.toBreak(t, healthy, way)
					ctx, die := context.WithCancel(t.Context())
					broken := b.provisioner(t, b.strike(f, at, name, die))
					for range 40 {
						again, err := broken.Work(ctx, b.clinic.org, run)
						if ctx.Err() != nil {
							require.ErrorIs(t, err, context.Canceled)
							b.pass(t, 91*time.Second) // the dead one's lease runs out
							break
						}
						require.NoError(t, err)
						if again == 0 {
							break
						}
						b.pass(t, again)
					}
					die()
					b.drive(t, healthy, b.clinic, run)
					ends[b.requireWhole(t, b.clinic, run)]++
					if t.Failed() {
						t.Fatalf("at request %d: %s", at, name)
					}
				}
				t.Log(ends)
				if way != setUp || f.dies != "" { // a death is not a failure: the run goes on
					require.Equal(t, map[string]int{endOf(way): len(all)}, ends)
				}
			})
		}
	}
}

func TestANumberGivenUpWhileAWorkerImportsItLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	given := false
	p := b.provisioner(t, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if nameOf(r) == "POST /phone-number" && !given {
			given = true
			b.release(t)
			again, err := b.provisioner(t, nil).Work(t.Context(), b.clinic.org, b.run(t))
			require.NoError(t, err)
			require.Greater(t, again, time.Minute, "another worker waits for this one's end")
		}
		return next.RoundTrip(r)
	})
	run := b.toBreak(t, p, setUp)
	b.drive(t, p, b.clinic, run)
	require.True(t, given)
	require.Equal(t, 1, b.vapi.Counts()["POST /phone-number"], "control: it was imported")
	require.Equal(t, "released", b.requireWhole(t, b.clinic, run))
}

func TestAMissingCredentialEndpointIsNoObstacle(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed} {
		b := setup(t)
		b.vapi.AbsentCredentials(status)
		p := b.provisioner(t, nil)
		run := b.toBreak(t, p, setUp)
		b.drive(t, p, b.clinic, run)
		require.Equal(t, "active", b.requireWhole(t, b.clinic, run))
		require.Contains(t, string(b.status(t, b.clinic, run).Steps), `"step": "credential", "error": null, "state": "skipped"`)
		b.release(t)
		b.drive(t, p, b.clinic, run)
		require.Equal(t, "released", b.requireWhole(t, b.clinic, run))
	}
}

func TestTheSameNumberAgainIsTheSameLine(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.provisioner(t, nil)
	run := b.toBreak(t, p, setUp)
	b.drive(t, p, b.clinic, run)
	first, requests := b.status(t, b.clinic, run), b.vapi.Requests()+b.twilio.Requests()
	again, err := b.begin(t, b.clinic, nil)
	require.NoError(t, err)
	require.Equal(t, first, again)
	b.drive(t, p, b.clinic, run)
	require.Equal(t, requests, b.vapi.Requests()+b.twilio.Requests(), "nothing is asked")

	b.clinic.token = "test-secret-twilio-token-another"
	b.twilio.AddAccount(b.clinic.sid, b.clinic.token)
	set, _ := b.twilio.Number(b.clinic.sid, b.clinic.number)
	require.Empty(t, set)
	b.twilio.AddNumber(b.clinic.sid, sandbox.TwilioNumber{SID: b.clinic.before.SID, Number: b.clinic.number, SMSURL: ourURL + textsPath, VoiceURL: "https://api.vapi.example/twilio/inbound_call"})
	_, err = b.begin(t, b.clinic, func(p *db.BeginProvisioningParams) { p.AccountChanged = true })
	require.NoError(t, err)
	b.drive(t, p, b.clinic, run)
	require.Equal(t, "active", b.requireWhole(t, b.clinic, run), "Vapi has the new token")
	require.Equal(t, *first.VapiPhoneNumberID, *b.status(t, b.clinic, run).VapiPhoneNumberID)
	b.release(t)
	b.drive(t, p, b.clinic, run)
	b.requireWhole(t, b.clinic, run)
}

func TestRoutingFollowsTheClinic(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.provisioner(t, nil)
	run := b.toBreak(t, p, setUp)
	b.drive(t, p, b.clinic, run)
	s := b.status(t, b.clinic, run)
	at := func(key string) string { return string(b.number(t, *s.VapiPhoneNumberID)[key]) }
	require.Empty(t, at("assistantId"), "dynamic: we are asked")
	require.Contains(t, at("server"), `"X-Vapi-Secret":"`+webhook+`"`)

	for _, step := range []struct {
		fields, assistant, line string
	}{
		{`{"routing": "fixed"}`, `"` + *s.VapiAssistantID + `"`, ownLine},
		{`{"routing": "dynamic"}`, "", ownLine},
	} {
		require.NoError(t, b.asOwner(t, b.clinic, func(tx db.Tx) error {
			_, err := tx.MapPhoneNumber(t.Context(), *s.PhoneNumberID, []byte(step.fields))
			return err
		}))
		b.drive(t, p, b.clinic, run)
		require.Equal(t, step.assistant, at("assistantId"))
		require.Contains(t, at("fallbackDestination"), step.line)
	}
	b.data.Exec(t, `update public.locations set phone = null where org_id = $1`, b.clinic.org)
	var location uuid.UUID
	require.NoError(t, b.owner.QueryRow(t.Context(), "select id from public.locations where org_id = $1", b.clinic.org).Scan(&location))
	for _, line := range []string{`"+13125550151"`, "null"} {
		require.NoError(t, b.asOwner(t, b.clinic, func(tx db.Tx) error {
			_, err := tx.SaveLocation(t.Context(), &location, []byte(`{"phone": `+line+`}`))
			return err
		}))
		b.drive(t, p, b.clinic, run)
		require.Equal(t, line != "null", strings.Contains(at("fallbackDestination"), strings.Trim(line, `"`)))
	}
	require.Equal(t, "active", b.status(t, b.clinic, run).State)
}

func TestAnotherSecretReachesEveryLine(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.provisioner(t, nil)
	run := b.toBreak(t, p, setUp)
	b.drive(t, p, b.clinic, run)
	var due []db.ProvisioningRef
	keep := func(_ context.Context, found []db.ProvisioningRef) error { due = found; return nil }
	b.pass(t, 11*time.Minute)
	n, err := p.Due(t.Context(), 10, keep)
	require.NoError(t, err)
	require.Zero(t, n, "a line that is as it should be is left alone")

	next := *p
	next.Secret, next.routedAs = "test-secret-next", fingerprint(p.webhook, "test-secret-next")
	_, err = next.Due(t.Context(), 10, keep)
	require.NoError(t, err)
	require.Equal(t, []db.ProvisioningRef{{OrgID: b.clinic.org, ProvisioningID: run}}, due)
	b.drive(t, &next, b.clinic, run)
	require.Equal(t, "active", b.requireWhole(t, b.clinic, run))
	require.Contains(t, string(b.number(t, *b.status(t, b.clinic, run).VapiPhoneNumberID)["server"]), "test-secret-next")
}

func TestAFailedChangeLeavesALineThatWorks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.provisioner(t, nil)
	run := b.toBreak(t, p, setUp)
	b.drive(t, p, b.clinic, run)
	down := b.provisioner(t, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if strings.HasPrefix(r.URL.Path, "/phone-number") {
			b.vapi.Fail(sandbox.Failure{Status: 503})
		}
		return next.RoundTrip(r)
	})
	_, err := b.begin(t, b.clinic, func(p *db.BeginProvisioningParams) { p.AccountChanged = true })
	require.NoError(t, err)
	b.drive(t, down, b.clinic, run)
	require.Equal(t, "active", b.requireWhole(t, b.clinic, run))
	require.Equal(t, "vapi_unavailable", *b.status(t, b.clinic, run).Error)
	_, err = b.begin(t, b.clinic, nil)
	require.NoError(t, err)
	b.drive(t, p, b.clinic, run)
	require.Nil(t, b.status(t, b.clinic, run).Error, "asked for again, it is put right")
}

func TestSomebodyElsesNumberAtVapiIsNotTouched(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id, err := b.vapi.AddPhoneNumber([]byte(`{"number": "` + b.clinic.number + `", "name": "Front desk", "provider": "twilio"}`))
	require.NoError(t, err)
	before := b.vapi.PhoneNumbers()
	p := b.provisioner(t, nil)
	run := b.toBreak(t, p, setUp)
	b.drive(t, p, b.clinic, run)
	s := b.status(t, b.clinic, run)
	require.Equal(t, []string{"undone", "number_taken_at_vapi"}, []string{s.State, *s.Error})
	require.Equal(t, before, b.vapi.PhoneNumbers())
	require.Empty(t, b.vapi.Credentials())

	// The clinic's own, from before: it is used, and only a release deletes it.
	b.data.Exec(t, `update public.phone_numbers set vapi_phone_number_id = $2 where number = $1`, b.clinic.number, id)
	again, err := b.begin(t, b.clinic, nil)
	require.NoError(t, err)
	b.drive(t, p, b.clinic, again.ProvisioningID)
	require.Equal(t, "active", b.requireWhole(t, b.clinic, again.ProvisioningID))
	b.undo(t, again.ProvisioningID)
	b.drive(t, p, b.clinic, again.ProvisioningID)
	require.Equal(t, []string{id}, slices.Collect(maps.Keys(b.vapi.PhoneNumbers())))
}

func TestWhatTheClinicChangedSinceStaysSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.provisioner(t, nil)
	run := b.toBreak(t, p, release)
	mine := sandbox.TwilioNumber{SID: b.clinic.before.SID, Number: b.clinic.number, SMSURL: "https://new.clinic.example/sms", VoiceURL: "https://new.clinic.example/voice"}
	b.twilio.AddNumber(b.clinic.sid, mine)
	b.drive(t, p, b.clinic, run)
	now, _ := b.twilio.Number(b.clinic.sid, b.clinic.number)
	require.Equal(t, []string{mine.SMSURL, mine.VoiceURL}, []string{now.SMSURL, now.VoiceURL})
	require.Empty(t, b.vapi.PhoneNumbers())
}

func TestANumberOfAClosedAccountIsGivenUpAsFarAsItCanBe(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.provisioner(t, nil)
	run := b.toBreak(t, p, release)
	b.twilio.Suspend(b.clinic.sid)
	b.drive(t, p, b.clinic, run)
	s := b.status(t, b.clinic, run)
	require.Equal(t, "released", s.State)
	require.Contains(t, string(s.Steps), "twilio_suspended", "what was left is named")
	require.Empty(t, b.vapi.PhoneNumbers())
	require.Empty(t, b.vapi.Credentials())
}
