package email_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/icalendar"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

func TestNewResendRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for _, o := range []email.ResendOptions{{BaseURL: "ftp://x"}, {BaseURL: "https://u:p@x"}, {Timeout: -1}} {
		_, err := email.NewResend(o)
		require.Error(t, err)
	}
	r, err := email.NewResend(email.ResendOptions{})
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%s", "%#v"} {
		shown := fmt.Sprintf(verb, r.With(key)) + fmt.Sprintf(verb, message())
		require.NotContains(t, shown, "test-secret", verb)
		require.NotContains(t, shown, "zanzibar-lilac", verb)
	}
}

func TestResendSendsOnceUnderOneKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.Equal(t, "resend", b.sender.Name())
	require.True(t, b.sender.Repeatable())
	id, err := b.sender.Send(t.Context(), message())
	require.NoError(t, err)
	again, err := b.sender.Send(t.Context(), message())
	require.NoError(t, err)
	require.Equal(t, id, again)
	emails := b.played.Emails()
	require.Len(t, emails, 1)
	m := message()
	require.Equal(t, sandbox.Email{ID: id, From: m.From, To: []string{m.To}, Subject: m.Subject, Text: m.Text, HTML: m.HTML, Key: m.Key, At: emails[0].At,
		Attachments: []sandbox.EmailAttachment{{Name: "visit.ics", ContentType: icalendar.Type, Content: m.Attachments[0].Content}}}, emails[0])

	m.Text = "Something else."
	_, err = b.sender.Send(t.Context(), m)
	require.Equal(t, "UncertainError", kind(err), "an e-mail was sent under this key, though another one")
	discreet(t, err)
	require.Len(t, b.played.Emails(), 1)
}

func TestResendTellsWhatBecameOfTheMessage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fails sandbox.Failure
		kind  string
		sent  int
	}{
		"wrong key":        {sandbox.Failure{Status: 401}, email.ErrUnauthorized.Error(), 0},
		"too many":         {sandbox.Failure{Status: 429, RetryAfter: 7 * time.Second}, "RateLimitedError", 0},
		"refused":          {sandbox.Failure{Status: 422}, "RefusedError", 0},
		"failure":          {sandbox.Failure{Status: 500}, "UncertainError", 0},
		"acts, then fails": {sandbox.Failure{Status: 503, Acts: true}, "UncertainError", 1},
		"hangs":            {sandbox.Failure{Delay: time.Hour}, "UncertainError", 0},
		"acts, then hangs": {sandbox.Failure{Delay: time.Hour, Acts: true}, "UncertainError", 1},
		"redirects":        {sandbox.Failure{Status: 308}, "RefusedError", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.played.Fail(c.fails)
			_, err := b.sender.Send(t.Context(), message())
			require.Equal(t, c.kind, kind(err))
			discreet(t, err)
			require.Len(t, b.played.Emails(), c.sent)
			require.Equal(t, 1, b.played.Requests(), "nothing is repeated")
			if limited := new(email.RateLimitedError); errors.As(err, &limited) {
				require.Equal(t, 7*time.Second, limited.RetryAfter)
			}
			if c.kind != "UncertainError" {
				return
			}
			require.Eventually(t, func() bool { // until the sandbox has seen that the first client left
				_, err = b.sender.Send(t.Context(), message())
				return err == nil
			}, 5*time.Second, 10*time.Millisecond)
			require.Len(t, b.played.Emails(), 1, "the same again settles it")
		})
	}
}

func TestResendWhileTheSameIsBeingSent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.played.Fail(sandbox.Failure{Delay: 500 * time.Millisecond})
	first := make(chan error, 1)
	go func() { _, err := b.sender.Send(t.Context(), message()); first <- err }()
	require.Eventually(t, func() bool { return b.played.Requests() == 1 }, 5*time.Second, time.Millisecond)
	require.Eventually(t, func() bool {
		_, err := b.sender.Send(t.Context(), message())
		return kind(err) == "UncertainError"
	}, 400*time.Millisecond, 5*time.Millisecond)
	require.NoError(t, <-first)
	require.Len(t, b.played.Emails(), 1)
}

func TestResendAnswersThatAreNoAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		kind   string
	}{
		"not JSON":             {200, "provider-words <html>", "UncertainError"},
		"no id":                {200, `{}`, "UncertainError"},
		"huge":                 {200, `{"id":"` + strings.Repeat("x", 2<<20) + `"}`, "UncertainError"},
		"refused without JSON": {400, "provider-words", "RefusedError"},
		"name of its own":      {422, `{"name":"Provider-Words for quill","message":"provider-words"}`, "RefusedError"},
		"key told by message":  {400, `{"name":"validation_error","message":"API key is invalid"}`, email.ErrUnauthorized.Error()},
		"key told by name":     {403, `{"name":"invalid_api_key","message":"x"}`, email.ErrUnauthorized.Error()},
	} {
		b := against(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(c.status); _, _ = w.Write([]byte(c.body)) }))
		_, err := b.sender.Send(t.Context(), message())
		require.Equal(t, c.kind, kind(err), name)
		discreet(t, err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	_, err = at(t, "http://"+listener.Addr().String()).sender.Send(t.Context(), message())
	require.Equal(t, "UnavailableError", kind(err), "there was no connection: surely not sent")
	discreet(t, err)
}

func TestResendEndsWithItsContext(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.played.Fail(sandbox.Failure{Delay: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(30*time.Millisecond, cancel)
	begun := time.Now()
	_, err := b.sender.Send(ctx, message())
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, time.Since(begun), 700*time.Millisecond, "long before its own time-out")
}

func TestNothingGetsIntoHeaders(t *testing.T) {
	t.Parallel()
	b := setup(t)
	server := smtpServer(t)
	direct, err := email.NewSMTP("smtp://" + server.Addr())
	require.NoError(t, err)
	for name, change := range map[string]func(*email.Message){
		"subject":           func(m *email.Message) { m.Subject = "Hello\r\nBcc: other@patients.example" },
		"subject, LF":       func(m *email.Message) { m.Subject = "Hello\nX: y" },
		"subject, U+2028":   func(m *email.Message) { m.Subject = "Hello\u2028X: y" },
		"subject, NUL":      func(m *email.Message) { m.Subject = "Hello\x00" },
		"subject, no UTF-8": func(m *email.Message) { m.Subject = "Hello\xff" },
		"no subject":        func(m *email.Message) { m.Subject = " " },
		"from":              func(m *email.Message) { m.From = "Clinic <visits@clinic.example>\r\nBcc: other@patients.example" },
		"from's name":       func(m *email.Message) { m.From = "\"Clinic\r\nBcc: x@patients.example\" <visits@clinic.example>" },
		"from, two":         func(m *email.Message) { m.From = "a@clinic.example, b@clinic.example" },
		"to":                func(m *email.Message) { m.To = patient + "\nBcc: other@patients.example" },
		"to, two":           func(m *email.Message) { m.To = patient + ", other@patients.example" },
		"to, nobody":        func(m *email.Message) { m.To = "Quill" },
		"empty":             func(m *email.Message) { m.Text, m.HTML = " ", "" },
		"key":               func(m *email.Message) { m.Key = "a\r\nX: y" },
		"long key":          func(m *email.Message) { m.Key = strings.Repeat("k", 257) },
		"file's name":       func(m *email.Message) { m.Attachments[0].Name = "a.ics\r\nX: y" },
		"file's type":       func(m *email.Message) { m.Attachments[0].ContentType = "text/calendar\r\nX: y" },
		"file, empty":       func(m *email.Message) { m.Attachments[0].Content = nil },
	} {
		m := message()
		change(&m)
		for _, sender := range []email.Sender{b.sender, direct} {
			_, err := sender.Send(t.Context(), m)
			var refused *email.RefusedError
			require.ErrorAs(t, err, &refused, name)
			require.Zero(t, refused.Status, name)
			discreet(t, err)
		}
	}
	require.Zero(t, b.played.Requests())
	require.Empty(t, server.Mails())
	_, err = b.resend.With("test-secret\r\nX: y").Send(t.Context(), message())
	require.ErrorIs(t, err, email.ErrUnauthorized)
}

func TestVerifyResend(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const from = "Lakeside <visits@clinic.example>"
	require.ErrorIs(t, b.resend.Verify(t.Context(), key, from), email.ErrNotVerified)
	b.played.Verified("clinic.example")
	require.NoError(t, b.resend.Verify(t.Context(), key, from))
	require.ErrorIs(t, b.resend.Verify(t.Context(), key, "visits@mail.clinic.example"), email.ErrNotVerified)
	require.ErrorIs(t, b.resend.Verify(t.Context(), "test-secret-other", from), email.ErrUnauthorized)
	require.ErrorIs(t, b.resend.Verify(t.Context(), "", from), email.ErrUnauthorized)
	require.Equal(t, "RefusedError", kind(b.resend.Verify(t.Context(), key, "nobody")))
	b.played.Fail(sandbox.Failure{Status: 500}, sandbox.Failure{Status: 429}, sandbox.Failure{Delay: time.Hour})
	for _, want := range []string{"UnavailableError", "RateLimitedError", "UnavailableError"} {
		err := b.resend.Verify(t.Context(), key, from)
		require.Equal(t, want, kind(err))
		discreet(t, err)
	}
	b.played.Restrict()
	require.NoError(t, b.resend.Verify(t.Context(), key, from), "a key that only sends is good")
}
