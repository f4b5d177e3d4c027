package microsoft

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// FuzzPage: no page of a delta breaks what reads it, and every event of it has an id and times.
func FuzzPage(f *testing.F) {
	f.Add([]byte(`{"value":[{"id":"a","type":"occurrence","seriesMasterId":"s","start":{"dateTime":"2026-05-04T09:00:00.0000000","timeZone":"UTC"},"end":{"dateTime":"2026-05-04T10:00:00","timeZone":"UTC"}}]}`))
	f.Add([]byte(`{"value":[{"id":"a","@removed":{"reason":"deleted"}},{"id":"a","@removed":null}]}`))
	f.Add([]byte(`{"value":[{"id":"a","isAllDay":true,"start":{"dateTime":"2026-05-04T00:00:00"},"end":{"dateTime":"2026-05-05T00:00:00"},"transactionId":null}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var p page[wireEvent]
		if json.Unmarshal(body, &p) != nil {
			return
		}
		g := gathering{rows: map[string]Event{}, removed: map[string]bool{}}
		if !g.add(p.Value) {
			return
		}
		var events []Event
		for id, e := range g.rows {
			require.Equal(t, id, e.ID)
			require.NotEmpty(t, id)
			require.False(t, g.removed[id])
			events = append(events, e)
		}
		for _, b := range Busy(events, time.UTC) {
			require.True(t, b.End.After(b.Start))
		}
	})
}
