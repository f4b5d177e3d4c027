package reception_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/logtest"
	"github.com/voxanne-ai/voxanne/server/reception"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// serveBoth serves calls and the dashboard from one pool, as `voxanne serve` does.
func (b *bundle) serveBoth(t *testing.T) (listening *httptest.Server, connections int) {
	t.Helper()
	opened, err := db.Open(t.Context(), b.database.LoginURL)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	auth, err := voice.NewAuthenticator(voice.ModeEither, []string{webhookSecret}, time.Now)
	require.NoError(t, err)
	keys, err := vault.ParseKeyring(codeKey)
	require.NoError(t, err)
	metrics := server.NewMetrics()
	handler, err := server.New(server.Deps{
		DB:       server.NewDatabase(opened),
		Auth:     server.NewVerifier(server.Config{BackendURL: backendURL, JWTSecret: jwtSecret}, http.DefaultClient),
		Log:      server.NewLogger(logtest.Keep(t, b.log), slog.LevelInfo),
		Metrics:  metrics,
		Accounts: &server.Accounts{},
		Voice:    reception.New(opened, auth, keys, metrics, server.NewQuestions(b.models)),
		Turns:    server.NewMemberTurns(opened.Connections(), metrics),
	})
	require.NoError(t, err)
	listening = httptest.NewServer(handler)
	t.Cleanup(listening.Close)
	t.Cleanup(listening.Client().CloseIdleConnections)
	b.vapi = &sandbox.Caller{BaseURL: listening.URL, Auth: sandbox.Secret(webhookSecret), HTTP: listening.Client()}
	return listening, opened.Connections()
}

// Ten times as many of the dashboard's requests as there are connections, none of which gets anywhere, and a caller books.
func TestACallerBooksWhileTheDashboardIsFlooded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.database.Exec(t, `insert into auth.users (id, email) values ('`+ownerID+`', 'ada.quillfeather@patients.example')`)
	b.database.Exec(t, `update public.profiles set org_id = '`+lakeside+`' where user_id = '`+ownerID+`'`) // signing up founds a clinic
	listening, connections := b.serveBoth(t)
	lock, err := b.owner.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = lock.Rollback(t.Context()) }()
	_, err = lock.Exec(t.Context(), "lock table public.message_templates in access exclusive mode") // calls do not read it
	require.NoError(t, err)

	token := ownersToken(t)
	type answer struct {
		status int
		after  string
	}
	flood := 10 * connections
	answers := make(chan answer, flood)
	for range flood {
		go func() {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, listening.URL+"/api/message-templates", nil)
			if err != nil {
				answers <- answer{}
				return
			}
			r.Header.Set("Authorization", "Bearer "+token)
			response, err := listening.Client().Do(r)
			if err != nil {
				answers <- answer{}
				return
			}
			_ = response.Body.Close()
			answers <- answer{response.StatusCode, response.Header.Get("Retry-After")}
		}()
	}
	shed := <-answers // the flood is there: the first is turned away
	require.Equal(t, answer{http.StatusServiceUnavailable, "1"}, shed)
	booked := b.call("+13125550177").book(t, "2030-03-05 10:00", "Ann Quillby")
	require.Empty(t, booked.Error)

	require.NoError(t, lock.Rollback(t.Context()))
	served := 0
	for range flood - 1 {
		if got := <-answers; got != shed {
			require.Equal(t, answer{http.StatusOK, ""}, got)
			served++
		}
	}
	require.Positive(t, served)
	require.Less(t, served, flood/2)
	t.Logf("%d of %d requests were served, the others were told to come again", served, flood)
}
