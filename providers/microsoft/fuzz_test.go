package microsoft_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/microsoft"
)

func FuzzParseNotifications(f *testing.F) {
	f.Add([]byte(`{"value":[{"subscriptionId":"s","clientState":"x","changeType":"updated","subscriptionExpirationDateTime":"2026-05-04T09:00:00Z"}]}`))
	f.Add([]byte(`{"value":[{"subscriptionId":"s","lifecycleEvent":"missed"}]}`))
	f.Add([]byte(`{"value":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		batch, err := microsoft.ParseNotifications(body)
		require.Equal(t, err != nil, len(batch) == 0)
		for _, n := range batch {
			require.NotEmpty(t, n.SubscriptionID)
			require.NotEqual(t, n.ChangeType == "", n.Lifecycle == "")
			require.Len(t, n.ClientStateHash(), 32)
		}
	})
}

// FuzzMoment: whatever the time and zone, an instant shows the wanted time, or is within a clock change's gap after it.
func FuzzMoment(f *testing.F) {
	f.Add("2026-03-08T02:30:00.0000000", "Central Standard Time", false)
	f.Add("2026-11-01T01:30:00", "America/Chicago", false)
	f.Add("2011-12-30T12:00:00", "Samoa Standard Time", true)
	f.Add("2026-09-06T00:00:00", "America/Santiago", true)
	f.Add("1847-12-01T00:01:15", "Europe/London", true)
	f.Fuzz(func(t *testing.T, text, name string, allDay bool) {
		m, err := microsoft.ParseMoment(text, name)
		zone, unknown := microsoft.LoadZone(name)
		if err != nil || unknown != nil || m.Wall.Year() < 1700 {
			return
		}
		e := microsoft.Event{AllDay: allDay, Start: m, End: microsoft.Moment{Wall: m.Wall.Add(72 * time.Hour), Zone: name}}
		start, end := e.Span(zone)
		require.True(t, end.After(start))
		shown := start.In(zone).Format("2006-01-02T15:04:05")
		wanted := m.Wall
		if allDay {
			wanted = time.Date(wanted.Year(), wanted.Month(), wanted.Day(), 0, 0, 0, 0, time.UTC)
		}
		if shown == wanted.Format("2006-01-02T15:04:05") {
			return
		}
		late, err := time.Parse("2006-01-02T15:04:05", shown)
		require.NoError(t, err)
		require.True(t, late.After(wanted) && late.Sub(wanted) <= 25*time.Hour, "%s for %s in %s", shown, text, name)
	})
}

func FuzzAppointmentOf(f *testing.F) {
	f.Add("vx-01890f3c-7a1e-7c3d-9b2a-0c1d2e3f4a5b-0")
	f.Add("vx--0")
	f.Fuzz(func(t *testing.T, id string) {
		appointment, ours := microsoft.AppointmentOf(id)
		require.Equal(t, ours, appointment != "")
		if ours {
			require.Len(t, appointment, 36)
		}
	})
}
