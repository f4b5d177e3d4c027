package live_test

import (
	"encoding/json"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// ticket asks for one.
func (p *process) ticket(t *testing.T, token string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/api/events/ticket", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := p.client.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusCreated, response.StatusCode)
	require.Equal(t, "no-store", response.Header.Get("Cache-Control"))
	var said struct {
		Ticket    string
		ExpiresAt time.Time `json:"expires_at"`
	}
	require.NoError(t, json.NewDecoder(response.Body).Decode(&said))
	require.Len(t, said.Ticket, 43)
	return said.Ticket
}

func TestATicketOpensOneStream(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	_, token := b.member(t, lakeside, time.Hour)
	_, theirs := b.member(t, harbor, time.Hour)
	ticket := p.ticket(t, token)
	require.NotEqual(t, ticket, p.ticket(t, token), "another wish is another ticket")
	other := p.follow(t, p.get(t, "?ticket="+p.ticket(t, theirs), "", nil))

	var opened atomic.Int32
	streams := make(chan *http.Response, 8)
	for range cap(streams) {
		go func() {
			response := p.get(t, "?ticket="+ticket, "", nil)
			if response.StatusCode == http.StatusOK {
				opened.Add(1)
			}
			streams <- response
		}()
	}
	var w *watcher
	for range cap(streams) {
		if response := <-streams; response.StatusCode == http.StatusOK {
			w = p.follow(t, response)
		} else {
			require.Equal(t, http.StatusUnauthorized, response.StatusCode)
		}
	}
	require.Equal(t, int32(1), opened.Load())
	w.expect(t, b.tell(t, lakeside))
	other.expect(t, b.tell(t, harbor)) // a ticket is of its own clinic

	var kept int
	require.NoError(t, b.owner.QueryRow(t.Context(), "select count(*) from idempotency_keys").Scan(&kept))
	require.Zero(t, kept, "the answer holds a secret")
	require.NoError(t, b.owner.QueryRow(t.Context(), "select count(*) from event_tickets where encode(ticket_hash, 'escape') like '%' || $1 || '%'", ticket).Scan(&kept))
	require.Zero(t, kept)
}

func TestATicketRunsOutAndEndsWithItsTokenAndMembership(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	leaver, token := b.member(t, lakeside, time.Hour)
	late, left := p.ticket(t, token), p.ticket(t, token)
	b.exec(t, "update event_tickets set expires_at = now() where ticket_hash = sha256($1)", []byte(late))
	require.Equal(t, http.StatusUnauthorized, p.get(t, "?ticket="+late, "", nil).StatusCode, "30 seconds are over")
	b.exec(t, "delete from profiles where user_id = $1", leaver)
	require.Equal(t, http.StatusUnauthorized, p.get(t, "?ticket="+left, "", nil).StatusCode, "left meanwhile")

	_, short := b.member(t, lakeside, 2*time.Second)
	why, _ := p.follow(t, p.get(t, "?ticket="+p.ticket(t, short), "", nil)).dropped(t)
	require.Equal(t, "token_expired", why)
}
