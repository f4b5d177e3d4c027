package twilio_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

func format(verb string, err error) string { return fmt.Sprintf(verb, err) }

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for _, o := range []twilio.Options{{BaseURL: "ftp://x"}, {BaseURL: "nonsense"}, {BaseURL: "http://"}, {BaseURL: "https://u:p@x"}, {Timeout: -1}} {
		_, err := twilio.New(o)
		require.Error(t, err, "%+v", o)
	}
	_, err := twilio.New(twilio.Options{})
	require.NoError(t, err)
}

func TestCredentialsAndTextsAreNotShown(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"%v", "%+v", "%s", "%#v"} {
		shown := fmt.Sprintf(verb, twilio.Credentials{AccountSID: sid, AuthToken: token}) + fmt.Sprintf(verb, twilio.Text{To: theirs, Body: words})
		require.NotContains(t, shown, token, verb)
		require.NotContains(t, shown, theirs, verb)
		require.NotContains(t, shown, "zanzibar-lilac", verb)
	}
}

func TestSendHandsTheTextOverOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.text.StatusCallback = "https://clinic.example/api/twilio/status?m=1"
	id, err := b.account.Send(t.Context(), b.text)
	require.NoError(t, err)
	require.Regexp(t, `^SM[0-9a-f]{32}$`, id)
	texts := b.played.Texts()
	require.Len(t, texts, 1)
	require.Equal(t, sandbox.SentText{SID: id, AccountSID: sid, From: ours, To: theirs, Body: words, StatusCallback: b.text.StatusCallback,
		Status: "queued", Segments: 1, Created: texts[0].Created}, texts[0])
}

func TestSendRefusesBeforeAnythingLeaves(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, c := range map[string]struct {
		text twilio.Text
		code int
	}{
		"no country":       {twilio.Text{From: ours, To: "3125550123", Body: "x"}, 21211},
		"blanks":           {twilio.Text{From: ours, To: "+1 312 555 0123", Body: "x"}, 21211},
		"line break":       {twilio.Text{From: ours, To: theirs + "\n", Body: "x"}, 21211},
		"channel":          {twilio.Text{From: ours, To: "whatsapp:" + theirs, Body: "x"}, 21211},
		"too long":         {twilio.Text{From: ours, To: "+1234567890123456", Body: "x"}, 21211},
		"no number":        {twilio.Text{From: ours, Body: "x"}, 21211},
		"sender's letters": {twilio.Text{From: "Clinic", To: theirs, Body: "x"}, 21212},
		"empty":            {twilio.Text{From: ours, To: theirs, Body: " \n"}, 21602},
	} {
		_, err := b.account.Send(t.Context(), c.text)
		var refused *twilio.RefusedError
		require.ErrorAs(t, err, &refused, name)
		require.Equal(t, &twilio.RefusedError{Code: c.code}, refused, name)
		discreet(t, err)
	}
	for _, c := range []twilio.Credentials{{}, {AccountSID: sid}, {AccountSID: "AC1/../../x", AuthToken: token}} {
		_, err := b.gateway.Account(c).Send(t.Context(), b.text)
		require.ErrorIs(t, err, twilio.ErrUnauthorized)
	}
	require.Zero(t, b.played.Requests())
}

// kind names what an error says about the text.
func kind(err error) string {
	for _, plain := range []error{twilio.ErrUnauthorized, twilio.ErrSuspended, twilio.ErrNumberNotOwned, twilio.ErrNoSMS} {
		if errors.Is(err, plain) {
			return plain.Error()
		}
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", err), "*twilio.")
}

func TestSendTellsWhatBecameOfTheText(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fails sandbox.Failure
		kind  string
		sent  int
	}{
		"wrong token":                {sandbox.Failure{Status: 401}, twilio.ErrUnauthorized.Error(), 0},
		"too many":                   {sandbox.Failure{Status: 429, RetryAfter: 7 * time.Second}, "RateLimitedError", 0},
		"refused":                    {sandbox.Failure{Status: 403}, "RefusedError", 0},
		"failure":                    {sandbox.Failure{Status: 500}, "UncertainError", 0},
		"acts, then fails":           {sandbox.Failure{Status: 503, Acts: true}, "UncertainError", 1},
		"hangs":                      {sandbox.Failure{Delay: time.Hour}, "UncertainError", 0},
		"acts, then hangs":           {sandbox.Failure{Delay: time.Hour, Acts: true}, "UncertainError", 1},
		"redirects somewhere":        {sandbox.Failure{Status: 307}, "RefusedError", 0},
		"slow, within the time-out":  {sandbox.Failure{Delay: 10 * time.Millisecond}, "<nil>", 1},
		"acts, slow, and answers it": {sandbox.Failure{Delay: 10 * time.Millisecond, Acts: true}, "<nil>", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.played.Fail(c.fails)
			_, err := b.account.Send(t.Context(), b.text)
			require.Equal(t, c.kind, kind(err))
			require.Len(t, b.played.Texts(), c.sent)
			require.Equal(t, 1, b.played.Requests(), "nothing is repeated")
			if err != nil {
				discreet(t, err)
			}
			if c.fails.Delay == time.Hour {
				require.ErrorIs(t, err, context.DeadlineExceeded)
			}
			if limited := new(twilio.RateLimitedError); errors.As(err, &limited) {
				require.Equal(t, 7*time.Second, limited.RetryAfter)
			}
		})
	}
}

func TestSendGivesTwiliosCodes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const other = "+13125550199"
	refusal := func(text twilio.Text) *twilio.RefusedError {
		_, err := b.account.Send(t.Context(), text)
		var refused *twilio.RefusedError
		require.ErrorAs(t, err, &refused)
		discreet(t, err)
		return refused
	}
	require.Equal(t, &twilio.RefusedError{Status: 400, Code: 21606}, refusal(twilio.Text{From: other, To: theirs, Body: "x"}))
	require.Equal(t, &twilio.RefusedError{Status: 400, Code: 21617}, refusal(twilio.Text{From: ours, To: theirs, Body: strings.Repeat("x", 1601)}))
	require.Equal(t, &twilio.RefusedError{Status: 400, Code: 21609}, refusal(twilio.Text{From: ours, To: theirs, Body: "x", StatusCallback: "nonsense"}))

	inbox := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(inbox.Close)
	_, err := b.played.Receive(t.Context(), inbox.URL, theirs, ours, "Stop")
	require.NoError(t, err)
	require.Equal(t, &twilio.RefusedError{Status: 400, Code: twilio.CodeOptedOut}, refusal(b.text))
	_, err = b.played.Receive(t.Context(), inbox.URL, theirs, ours, "START")
	require.NoError(t, err)
	_, err = b.account.Send(t.Context(), b.text)
	require.NoError(t, err)

	_, err = b.gateway.Account(twilio.Credentials{AccountSID: sid, AuthToken: "test-secret-other"}).Send(t.Context(), b.text)
	require.ErrorIs(t, err, twilio.ErrUnauthorized)
	b.played.Suspend(sid)
	_, err = b.account.Send(t.Context(), b.text)
	require.ErrorIs(t, err, twilio.ErrSuspended)
}

func TestAnswersThatAreNoAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		kind   string
	}{
		"not JSON":               {201, "provider-words <html>", "UncertainError"},
		"no id":                  {201, `{"status":"queued"}`, "UncertainError"},
		"strange id":             {201, `{"sid":"provider-words"}`, "UncertainError"},
		"huge":                   {201, `{"sid":"` + strings.Repeat("x", 3<<20) + `"}`, "UncertainError"},
		"refused without JSON":   {400, "provider-words", "RefusedError"},
		"refused hugely":         {400, strings.Repeat("x", 3<<20), "RefusedError"},
		"failure without JSON":   {502, "provider-words", "UncertainError"},
		"status in body differs": {500, `{"status":400,"code":21211,"message":"provider-words"}`, "UncertainError"},
		"code 20003":             {403, `{"code":20003,"message":"provider-words"}`, twilio.ErrUnauthorized.Error()},
		"code as text":           {400, `{"code":"21211","message":"provider-words"}`, "RefusedError"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := against(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			}))
			_, err := b.account.Send(t.Context(), b.text)
			require.Equal(t, c.kind, kind(err))
			discreet(t, err)
		})
	}
}

func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	cut := against(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }))
	_, err := cut.account.Send(t.Context(), cut.text)
	require.Equal(t, "UncertainError", kind(err), "it was written, and no answer came")
	discreet(t, err)

	half := against(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "500")
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte(`{"sid":"SM`))
	}))
	_, err = half.account.Send(t.Context(), half.text)
	require.Equal(t, "UncertainError", kind(err), "the answer broke off")
	discreet(t, err)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	nobody := gateway(t, "http://"+listener.Addr().String()).Account(twilio.Credentials{AccountSID: sid, AuthToken: token})
	_, err = nobody.Send(t.Context(), cut.text)
	require.Equal(t, "UnavailableError", kind(err), "there was no connection: surely not sent")
	require.Contains(t, err.Error(), "connection refused")
	discreet(t, err)
}

func TestSendEndsWithItsContext(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.played.Fail(sandbox.Failure{Delay: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(30*time.Millisecond, cancel)
	begun := time.Now()
	_, err := b.account.Send(ctx, b.text)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, "UncertainError", kind(err))
	require.Less(t, time.Since(begun), 700*time.Millisecond, "long before the gateway's own time-out")

	_, err = b.account.Send(ctx, b.text)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, "UnavailableError", kind(err), "an ended context reaches nobody")
	require.Equal(t, 1, b.played.Requests())
}
