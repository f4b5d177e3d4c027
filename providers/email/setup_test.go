package email_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/icalendar"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	key     = "test-secret-resend-key"
	patient = "quill@patients.example"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func message() email.Message {
	return email.Message{From: "Lakeside Clinic <visits@clinic.example>", To: patient, Subject: "Your visit, zanzibar-lilac",
		Text: "Monday é, zanzibar-lilac.\n.dot\n", HTML: "<p>Monday é, zanzibar-lilac.</p>", Key: "message/0001",
		Attachments: []email.Attachment{{Name: "visit.ics", ContentType: icalendar.Type, Content: []byte("BEGIN:VCALENDAR\r\n")}}}
}

type testBundle struct {
	played *sandbox.Resend
	resend *email.Resend
	sender email.Sender
}

func setup(t *testing.T) testBundle {
	t.Helper()
	played := sandbox.NewResend(key)
	b := against(t, played)
	b.played = played
	return b
}

func against(t *testing.T, handler http.Handler) testBundle {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return at(t, server.URL)
}

// at keeps no connections, so that nothing of a test outlives it.
func at(t *testing.T, url string) testBundle {
	t.Helper()
	r, err := email.NewResend(email.ResendOptions{BaseURL: url, HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, Timeout: time.Second})
	require.NoError(t, err)
	return testBundle{resend: r, sender: r.With(key)}
}

// kind names what an error says about the message.
func kind(err error) string {
	for _, plain := range []error{email.ErrUnauthorized, email.ErrNotVerified} {
		if errors.Is(err, plain) {
			return plain.Error()
		}
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", err), "*email.")
}

// discreet holds an error to saying nothing about whom, what and with which secret.
func discreet(t *testing.T, err error) {
	t.Helper()
	require.Error(t, err)
	for _, verb := range []string{"%v", "%+v", "%s", "%q"} {
		for _, secret := range []string{"test-secret", "patients.example", "quill", "zanzibar-lilac", "provider-words", "clinic.example"} {
			require.NotContains(t, strings.ToLower(fmt.Sprintf(verb, err)), secret, verb)
		}
	}
}
