package google_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/google"
)

func TestEventsThatAreNotUnderstood(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, id string }{
		"no JSON":      {`<html>provider-words`, ""},
		"no object":    {`[]`, ""},
		"no id":        {`{"start":{"date":"2026-05-04"},"end":{"date":"2026-05-05"}}`, ""},
		"no times":     {`{"id":"e"}`, "e"},
		"no end":       {`{"id":"e","start":{"date":"2026-05-04"}}`, "e"},
		"mixed":        {`{"id":"e","start":{"date":"2026-05-04"},"end":{"dateTime":"2026-05-05T00:00:00Z"}}`, "e"},
		"both":         {`{"id":"e","start":{"date":"2026-05-04","dateTime":"2026-05-04T00:00:00Z"},"end":{"date":"2026-05-05"}}`, "e"},
		"no such day":  {`{"id":"e","start":{"date":"2026-02-30"},"end":{"date":"2026-03-30"}}`, "e"},
		"no offset":    {`{"id":"e","start":{"dateTime":"2026-05-04T00:00:00"},"end":{"dateTime":"2026-05-05T00:00:00Z"}}`, "e"},
		"backwards":    {`{"id":"e","start":{"dateTime":"2026-05-04T00:00:01Z"},"end":{"dateTime":"2026-05-04T00:00:00Z"}}`, "e"},
		"days back":    {`{"id":"e","start":{"date":"2026-05-05"},"end":{"date":"2026-05-04"}}`, "e"},
		"another kind": {`{"id":"e","start":"provider-words"}`, "e"},
	} {
		e, err := google.ParseEvent([]byte(c.body))
		discreet(t, err)
		require.Equal(t, c.id, e.ID, name)
	}
}

func TestCancelledEventsNeedNothingButTheirID(t *testing.T) {
	t.Parallel()
	e, err := google.ParseEvent([]byte(`{"id":"e_1","status":"cancelled","recurringEventId":"e","originalStartTime":{"date":"2026-05-04"}}`))
	require.NoError(t, err)
	require.Equal(t, google.Event{ID: "e_1", Status: "cancelled", Series: "e", Original: google.When{Date: "2026-05-04"}}, e)
	require.True(t, e.Start.IsZero())
}

func TestOnlyTheOwnersAnswerCounts(t *testing.T) {
	t.Parallel()
	e, err := google.ParseEvent([]byte(`{"id":"e","start":{"date":"2026-05-04"},"end":{"date":"2026-05-05"},
		"attendees":[{"responseStatus":"declined"},{"self":true,"responseStatus":"accepted"},{"responseStatus":"declined"}]}`))
	require.NoError(t, err)
	require.Equal(t, "accepted", e.Response)
	require.Equal(t, google.StatusConfirmed, e.Status)
}

// FuzzParseEvent: whatever comes, what is understood is an event that can be put into a diary.
func FuzzParseEvent(f *testing.F) {
	for _, seed := range []string{
		`{"id":"e","status":"confirmed","start":{"dateTime":"2026-05-04T15:00:00-04:00","timeZone":"America/New_York"},"end":{"dateTime":"2026-05-04T16:00:00-04:00"}}`,
		`{"id":"e","start":{"date":"2026-03-08"},"end":{"date":"2026-03-09"},"transparency":"transparent","attendees":[{"self":true,"responseStatus":"declined"}]}`,
		`{"id":"e_20260504","status":"cancelled","recurringEventId":"e","originalStartTime":{"date":"2026-05-04"}}`,
		`{"id":"vo0191f2a47c1e7d2a9b3cfedcba987654","extendedProperties":{"private":{"a":"b"}},"start":{"dateTime":"0001-01-01T00:00:00Z"},"end":{"dateTime":"9999-12-31T23:59:59+14:00"}}`,
		`{"id":"e","start":{"date":"0000-01-01"},"end":{"date":"9999-12-31"}}`, `null`, `{"id":1}`,
	} {
		f.Add([]byte(seed))
	}
	places := []string{"America/New_York", "Africa/Cairo", "Pacific/Apia", "Pacific/Pago_Pago", "UTC"}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := google.ParseEvent(body)
		if err != nil {
			return
		}
		require.NotEmpty(t, e.ID)
		require.NotEmpty(t, e.Status)
		require.Equal(t, e.Start.Date == "", e.End.Date == "")
		for _, name := range places {
			location, err := time.LoadLocation(name)
			require.NoError(t, err)
			spans := google.Busy([]google.Event{e}, location, func(uuid.UUID) bool { return false })
			require.LessOrEqual(t, len(spans), 1)
			for _, s := range spans {
				require.True(t, s.Start.Before(s.End))
				require.NotEqual(t, google.StatusCancelled, e.Status)
			}
			if e.Status != google.StatusCancelled && !e.Transparent && e.Response != "declined" && e.Start.Time.Before(e.End.Time) {
				require.Len(t, spans, 1)
			}
		}
	})
}
