package email_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

func smtpServer(t *testing.T) *sandbox.SMTP {
	t.Helper()
	server, err := sandbox.NewSMTP()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	return server
}

func TestNewSMTPReadsTheAddress(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "localhost:25", "http://x", "smtp://", "smtp://u:test-secret-x@h:99999", "smtp://u:test-secret-x@h/path", "smtp://u:test-secret-x@h:%zz"} {
		_, err := email.NewSMTP(bad)
		discreet(t, err)
	}
	s, err := email.NewSMTP("smtps://user:test-secret-x@mail.example")
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%s", "%#v"} {
		require.NotContains(t, fmt.Sprintf(verb, s), "test-secret", verb)
	}
	require.Equal(t, "smtp", s.Name())
	require.False(t, s.Repeatable())
}

func TestSMTPSendsAWholeMessage(t *testing.T) {
	t.Parallel()
	server := smtpServer(t)
	server.RequireLogin("user", "test-secret-password")
	s, err := email.NewSMTP("smtp://user:test-secret-password@" + server.Addr())
	require.NoError(t, err)
	m := message()
	m.Subject = "Ihr Termin – Größe"
	id, err := s.Send(t.Context(), m)
	require.NoError(t, err)
	mails := server.Mails()
	require.Len(t, mails, 1)
	require.Equal(t, "visits@clinic.example", mails[0].From)
	require.Equal(t, []string{patient}, mails[0].To)

	got, err := mail.ReadMessage(bytes.NewReader(mails[0].Data))
	require.NoError(t, err)
	require.Equal(t, id, got.Header.Get("Message-ID"))
	subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, m.Subject, subject)
	kinds := map[string]string{}
	parts(t, got.Header.Get("Content-Type"), got.Body, kinds)
	require.Equal(t, strings.ReplaceAll(m.Text, "\n", "\r\n"), kinds["text/plain"])
	require.Equal(t, m.HTML, strings.TrimSpace(kinds["text/html"]))
	require.Contains(t, kinds, "text/calendar")

	again, err := s.Send(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, id, again, "a reader's mailbox can tell a copy")
}

// parts collects the leaves of a message by their type.
func parts(t *testing.T, contentType string, body io.Reader, into map[string]string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	require.NoError(t, err)
	if !strings.HasPrefix(kind, "multipart/") {
		content, err := io.ReadAll(body)
		require.NoError(t, err)
		into[kind] = string(content)
		return
	}
	r := multipart.NewReader(body, params["boundary"])
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
		parts(t, part.Header.Get("Content-Type"), part, into)
	}
}

func TestSMTPTellsWhatBecameOfTheMessage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fails sandbox.SMTPFailure
		kind  string
		sent  int
	}{
		"login refused":            {sandbox.SMTPFailure{At: sandbox.StageAuth, Code: 535}, email.ErrUnauthorized.Error(), 0},
		"login cut":                {sandbox.SMTPFailure{At: sandbox.StageAuth}, "UnavailableError", 0},
		"sender refused":           {sandbox.SMTPFailure{At: sandbox.StageFrom, Code: 553}, "RefusedError", 0},
		"recipient refused":        {sandbox.SMTPFailure{At: sandbox.StageTo, Code: 550}, "RefusedError", 0},
		"full for now":             {sandbox.SMTPFailure{At: sandbox.StageTo, Code: 452}, "RateLimitedError", 0},
		"cut before the message":   {sandbox.SMTPFailure{At: sandbox.StageData}, "UnavailableError", 0},
		"message refused":          {sandbox.SMTPFailure{At: sandbox.StageDot, Code: 554}, "RefusedError", 0},
		"message not now":          {sandbox.SMTPFailure{At: sandbox.StageDot, Code: 452}, "RateLimitedError", 0},
		"cut after the message":    {sandbox.SMTPFailure{At: sandbox.StageDot}, "UncertainError", 0},
		"acts, cut":                {sandbox.SMTPFailure{At: sandbox.StageDot, Acts: true}, "UncertainError", 1},
		"taken, then cut":          {sandbox.SMTPFailure{At: sandbox.StageRset}, "<nil>", 1},
		"hangs before the message": {sandbox.SMTPFailure{At: sandbox.StageData, Hang: time.Hour}, "UnavailableError", 0},
		"acts, hangs":              {sandbox.SMTPFailure{At: sandbox.StageDot, Acts: true, Hang: time.Hour}, "UncertainError", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtpServer(t)
			server.RequireLogin("user", "test-secret-password")
			server.Fail(c.fails)
			s, err := email.NewSMTP("smtp://user:test-secret-password@" + server.Addr())
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
			defer cancel()
			begun := time.Now()
			_, err = s.Send(ctx, message())
			require.Equal(t, c.kind, kind(err), "%v", err)
			if err != nil {
				discreet(t, err)
			}
			require.Less(t, time.Since(begun), 3*time.Second)
			require.Len(t, server.Mails(), c.sent)
			if refused := new(email.RefusedError); errors.As(err, &refused) {
				require.Equal(t, &email.RefusedError{Status: c.fails.Code, Code: "5.7.0"}, refused)
			}
			if c.fails.Hang > 0 {
				require.ErrorIs(t, err, context.DeadlineExceeded)
			}
		})
	}
}

func TestSMTPWithoutServerOrLogin(t *testing.T) {
	t.Parallel()
	server := smtpServer(t)
	server.RequireLogin("user", "test-secret-password")
	for _, login := range []string{"", "user:test-secret-other@"} {
		s, err := email.NewSMTP("smtp://" + login + server.Addr())
		require.NoError(t, err)
		_, err = s.Send(t.Context(), message())
		require.ErrorIs(t, err, email.ErrUnauthorized, login)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	s, err := email.NewSMTP("smtp://" + listener.Addr().String())
	require.NoError(t, err)
	_, err = s.Send(t.Context(), message())
	require.Equal(t, "UnavailableError", kind(err))
	discreet(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Send(ctx, message())
	require.ErrorIs(t, err, context.Canceled)
}

// Off loopback nothing is said in the clear. 0.0.0.0 is an address of this machine that does not look like one.
func TestSMTPDemandsTLSOfOtherMachines(t *testing.T) {
	t.Parallel()
	server := smtpServer(t)
	_, port, err := net.SplitHostPort(server.Addr())
	require.NoError(t, err)
	near, err := email.NewSMTP("smtp://127.0.0.1:" + port)
	require.NoError(t, err)
	_, err = near.Send(t.Context(), message())
	require.NoError(t, err, "control")
	far, err := email.NewSMTP("smtp://0.0.0.0:" + port)
	require.NoError(t, err)
	_, err = far.Send(t.Context(), message())
	require.Equal(t, "UnavailableError", kind(err))
	discreet(t, err)
	require.Len(t, server.Mails(), 1)
}

func TestVerifySMTPSignsInAndSendsNothing(t *testing.T) {
	t.Parallel()
	server, err := sandbox.NewSMTP()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	server.RequireLogin("user", "test-secret-password")
	address := func(password string) string { return "smtp://user:" + password + "@" + server.Addr() }
	require.NoError(t, email.VerifySMTP(t.Context(), address("test-secret-password")))
	require.ErrorIs(t, email.VerifySMTP(t.Context(), address("test-secret-other")), email.ErrUnauthorized)
	require.Empty(t, server.Mails())
	server.Close()
	var gone *email.UnavailableError
	require.ErrorAs(t, email.VerifySMTP(t.Context(), address("test-secret-password")), &gone)
}
