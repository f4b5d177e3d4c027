package provisioner

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// at is the clinic's number as it is at Twilio.
func (b *testBundle) at(t *testing.T) sandbox.TwilioNumber {
	t.Helper()
	now, found := b.twilio.Number(b.clinic.sid, b.clinic.number)
	require.True(t, found)
	return now
}

func TestOurOwnAddressIsNotRemembered(t *testing.T) {
	t.Parallel()
	b := setup(t)
	byHand := b.clinic.before
	byHand.SMSURL = ourURL + textsPath
	b.twilio.AddNumber(b.clinic.sid, byHand)
	p := b.provisioner(t, nil)
	run := b.toBreak(t, p, release)
	b.drive(t, p, b.clinic, run)
	require.Equal(t, "released", b.status(t, b.clinic, run).State)
	require.Equal(t, []string{"", b.clinic.before.VoiceURL}, []string{b.at(t).SMSURL, b.at(t).VoiceURL}, "a number given up does not text us")
}

// A closed account keeps what we set. Opened and set up again, it still remembers what the clinic had.
func TestWhatCouldNotBePutBackIsPutBackTheNextTime(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.provisioner(t, nil)
	run := b.toBreak(t, p, release)
	b.twilio.Suspend(b.clinic.sid)
	b.drive(t, p, b.clinic, run)
	set := b.at(t)
	require.Equal(t, ourURL+textsPath, set.SMSURL, "control: it was left")
	b.twilio.AddAccount(b.clinic.sid, b.clinic.token)
	b.twilio.AddNumber(b.clinic.sid, set)
	b.pass(t, time.Second)

	again := b.toBreak(t, p, release)
	require.NotEqual(t, run, again)
	b.drive(t, p, b.clinic, again)
	require.Equal(t, "released", b.requireWhole(t, b.clinic, again))
}

func TestANumberThatMovedToAnotherAccountRemembersWhatWasBefore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.provisioner(t, nil)
	run := b.toBreak(t, p, setUp)
	b.drive(t, p, b.clinic, run)
	moved := b.at(t)
	moved.SID = ""
	b.clinic.sid, b.clinic.token = "AC99999999999999999999999999999999", "test-secret-twilio-token-moved"
	b.twilio.AddAccount(b.clinic.sid, b.clinic.token)
	b.twilio.AddNumber(b.clinic.sid, moved)
	_, err := b.begin(t, b.clinic, func(p *db.BeginProvisioningParams) { p.AccountChanged = true })
	require.NoError(t, err)
	b.drive(t, p, b.clinic, run)
	require.Equal(t, "active", b.requireWhole(t, b.clinic, run), "Vapi has the new account")
	b.release(t)
	b.drive(t, p, b.clinic, run)
	require.Equal(t, "released", b.status(t, b.clinic, run).State)
	require.Equal(t, theirTool, b.at(t).SMSURL)
}

func TestAnotherAddressOfOursReachesTexts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.provisioner(t, nil)
	run := b.toBreak(t, p, setUp)
	b.drive(t, p, b.clinic, run)
	o := p.Options
	o.BackendURL = "https://moved.clinic.example"
	moved, err := New(o)
	require.NoError(t, err)

	// Given up before the new address was set, the old one goes too.
	b.release(t)
	b.drive(t, moved, b.clinic, run)
	require.Equal(t, "released", b.requireWhole(t, b.clinic, run))

	b.pass(t, time.Second)
	run = b.toBreak(t, p, setUp)
	b.drive(t, p, b.clinic, run)
	b.drive(t, moved, b.clinic, run)
	require.Equal(t, "active", b.status(t, b.clinic, run).State)
	require.Equal(t, "https://moved.clinic.example"+textsPath, b.at(t).SMSURL)
	b.release(t)
	b.drive(t, moved, b.clinic, run)
	require.Equal(t, "released", b.requireWhole(t, b.clinic, run))
}

func TestANumberThatVapiHadBeforeIsTakenAwayThere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id, err := b.vapi.AddPhoneNumber([]byte(`{"number": "` + b.clinic.number + `", "name": "Front desk", "provider": "twilio"}`))
	require.NoError(t, err)
	b.data.Exec(t, `insert into public.phone_numbers (org_id, number, location_id, vapi_phone_number_id)
		select org_id, $2, id, $3 from public.locations where org_id = $1`, b.clinic.org, b.clinic.number, id)
	b.release(t)
	b.drive(t, b.provisioner(t, nil), b.clinic, b.run(t))
	s := b.status(t, b.clinic, b.run(t))
	require.Equal(t, "released", s.State)
	require.NotContains(t, string(s.Steps), "left")
	require.Empty(t, b.vapi.PhoneNumbers())
	require.Equal(t, b.clinic.before, b.at(t), "nobody knows what was before")
}

// A token that was revoked holds a release up; another one goes on with it.
func TestAnotherTokenGoesOnWithARelease(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.provisioner(t, nil)
	run := b.toBreak(t, p, release)
	set := b.at(t)
	b.clinic.token = "test-secret-twilio-token-another"
	b.twilio.AddAccount(b.clinic.sid, b.clinic.token)
	b.twilio.AddNumber(b.clinic.sid, set)
	again, err := p.Work(t.Context(), b.clinic.org, run)
	require.NoError(t, err)
	require.Positive(t, again)
	require.Equal(t, "twilio_unauthorized", *b.status(t, b.clinic, run).Error)
	s, err := b.begin(t, b.clinic, func(p *db.BeginProvisioningParams) { p.AccountChanged = true })
	require.NoError(t, err)
	require.Equal(t, "releasing", s.State)
	b.drive(t, p, b.clinic, run)
	require.Equal(t, "released", b.requireWhole(t, b.clinic, run))
}

// Vapi may leave a number's address at Twilio as it is when the number is changed: the line is then not said to be whole.
func TestCallsThatSomebodyMovedAreSeenAlsoAfterSettingUpAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var moved *sandbox.TwilioNumber
	p := b.provisioner(t, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		resp, err := next.RoundTrip(r)
		if moved != nil && nameOf(r) == "PATCH /phone-number/{id}" { // the played Vapi moved them back
			b.twilio.AddNumber(b.clinic.sid, *moved)
		}
		return resp, err
	})
	run := b.toBreak(t, p, setUp)
	b.drive(t, p, b.clinic, run)
	set := b.at(t)
	again := func() (wrong []string) {
		_, err := b.begin(t, b.clinic, func(p *db.BeginProvisioningParams) { p.AccountChanged = true })
		require.NoError(t, err)
		b.drive(t, p, b.clinic, run)
		require.Equal(t, "active", b.status(t, b.clinic, run).State)
		found, err := p.Inspect(t.Context(), b.clinic.org)
		require.NoError(t, err)
		for _, f := range found {
			if f.Code != "" {
				wrong = append(wrong, f.Code)
			}
		}
		return wrong
	}
	elsewhere := set
	elsewhere.VoiceURL = "https://elsewhere.clinic.example/voice"
	moved = &elsewhere
	b.twilio.AddNumber(b.clinic.sid, elsewhere)
	require.Equal(t, []string{"calls_go_elsewhere"}, again())
	require.Equal(t, []string{"calls_go_elsewhere"}, again(), "nor is it forgotten")

	moved = nil
	require.Empty(t, again(), "control: where Vapi does set it again, the line is whole")
	require.Equal(t, set.VoiceURL, b.at(t).VoiceURL)

	moved = &elsewhere
	b.twilio.AddNumber(b.clinic.sid, elsewhere)
	require.NotEmpty(t, again())
	b.release(t)
	b.drive(t, p, b.clinic, run)
	require.Equal(t, "released", b.status(t, b.clinic, run).State)
	require.Equal(t, elsewhere.VoiceURL, b.at(t).VoiceURL, "what the clinic moved stays so")
}
