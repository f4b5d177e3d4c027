package provisioner

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

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
