package toolsync

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
)

func TestSafetySettingsStandInTheAssistant(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.syncer(t, nil, nil)
	for name, c := range map[string]struct {
		consent           string
		hipaa, disclosure bool
		recording, opens  string
	}{
		"announced":     {"announce", false, true, "true", "This is Lilac. I am an AI assistant. This call may be recorded. How can I help you?"},
		"asked for":     {"ask", false, false, "false", "This is Lilac. May this call be recorded? How can I help you?"},
		"not mentioned": {"none", false, false, "true", "This is Lilac. How can I help you?"},
		"HIPAA":         {"none", true, true, "false", "This is Lilac. I am an AI assistant. How can I help you?"},
	} {
		o, err := s.desired(db.AgentSync{ClinicName: pointer("Lilac"), Language: pointer("es-MX"), HipaaMode: &c.hipaa, AiDisclosure: &c.disclosure,
			RecordingConsent: &c.consent}, uuid.New(), uuid.New())
		require.NoError(t, err)
		require.Equal(t, c.recording, string(inner(t, o, "artifactPlan")["recordingEnabled"]), name)
		require.Equal(t, c.hipaa, string(inner(t, o, "compliancePlan")["hipaaEnabled"]) == "true", name)
		require.Equal(t, c.opens, o.Text("firstMessage"), name)
		require.Equal(t, "es", inner(t, o, "transcriber").Text("language"))
	}
}

func TestNamesFitAndAreKeptApart(t *testing.T) {
	t.Parallel()
	one, two := uuid.New(), uuid.New()
	long := "Zahnärzte am Zürichsee, Praxis für Kinder und Jugendliche"
	require.LessOrEqual(t, len([]rune(assistantName(long, long, one))), nameLimit)
	require.NotEqual(t, assistantName(long, "Day", one), assistantName(long, "Day", two))
}

func TestAllProcessesKeepOnePace(t *testing.T) {
	t.Parallel()
	b := setup(t)
	done := make(chan error, 20)
	begun := time.Now()
	for range 2 {
		pace, err := NewPace(b.db, 50)
		require.NoError(t, err)
		for range 10 {
			go func() { done <- pace.Wait(t.Context()) }()
		}
	}
	for range 20 {
		require.NoError(t, <-done)
	}
	require.GreaterOrEqual(t, time.Since(begun), 19*20*time.Millisecond, "twenty turns, 20 ms apart")
	_, err := NewPace(b.db, 0)
	require.Error(t, err)
}
