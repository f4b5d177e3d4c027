package server

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestScrubBlanksWhatIsPersonal(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"call +13125550123 now":                         "call [phone] now",
		"call +44 20 7946 0123":                         "call [phone]",
		"call (312) 555-0123.":                          "call [phone].",
		"call 312.555.0123":                             "call [phone]",
		"3125550123":                                    "[phone]",
		`{"phone":"+13125550123"}`:                      `{"phone":"[phone]"}`,
		"sip:+13125550123@voice.example":                "sip:[e-mail]",
		"to a.quillby+x@patients.example, please":       "to [e-mail], please",
		"Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c": "Bearer [token]",
	} {
		require.Equal(t, want, scrub(text))
	}
}

func TestScrubKeepsWhatIsNeeded(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"01970000-0000-7000-8000-000000000001",
		"id 12345678-1234-1234-1234-123456789012 done",
		"2026-09-10T10:00:00.123456Z", "2026-09-10 10:00", "2026-09-10",
		"listening on 192.168.100.200:8080",
		"a3f1234567890123b", "sqlstate 23505", "took 1234567 ms", "GET /api/orgs/validate/{orgId}",
	} {
		require.Equal(t, text, scrub(text))
	}
}

func TestLoggerBlanksEveryKindOfValue(t *testing.T) {
	t.Parallel()
	log := &logBuffer{}
	id := uuid.New()
	NewLogger(log, slog.LevelInfo, "test-secret-logged-0001").With("with", "+13125550101").Info("to +13125550102",
		"string", "+13125550103",
		"error", errors.New("+13125550104"),
		"stringer", slog.AnyValue(&slog.LevelVar{}),
		"map", map[string]string{"phone": "+13125550105", "mail": "a.quillby@patients.example"},
		slog.Group("group", "deep", "+13125550106"),
		"secret", "test-secret-logged-0001",
		"configured", Secret("test-secret-configured"),
		"channel", make(chan int),
		"id", id, "count", 13125550, "took", time.Second,
	)
	for _, planted := range []string{"131255501", "quillby", "test-secret"} {
		require.NotContains(t, log.String(), planted)
	}
	line := log.lines(t, "to [phone]")[0]
	require.Equal(t, id.String(), line["id"], "ids stay readable")
	require.EqualValues(t, 13125550, line["count"])
	require.Equal(t, "[set]", line["configured"])
}
