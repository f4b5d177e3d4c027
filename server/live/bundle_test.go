package live_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/live"
	"github.com/voxanne-ai/voxanne/server/logtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	jwtSecret = "test-secret-jwt-test-secret-jwt-test"
	dashboard = "https://dashboard.clinic.example"
	// soon bounds waiting for what must happen; reached only when it does not.
	soon = 10 * time.Second
)

// lakeside and harbor are the clinics of sql/tests/clinics.psql.
var (
	lakeside = uuid.MustParse("a0000000-0000-7000-8000-000000000001")
	harbor   = uuid.MustParse("b0000000-0000-7000-8000-000000000001")
)

// bundle is a database with two clinics, and servers over it.
type bundle struct {
	ownerURL, loginURL string
	database           *dbtest.Database // nil in a cluster of the test's own
	owner              *pgxpool.Pool
	beat               time.Duration
}

func setup(t *testing.T) *bundle {
	t.Helper()
	d := dbtest.New(t, dbtest.WithClock())
	b := &bundle{ownerURL: d.OwnerURL, loginURL: d.LoginURL, database: d, owner: d.Pool(t), beat: 200 * time.Millisecond}
	root, err := dbtest.Root()
	require.NoError(t, err)
	fixture, err := os.ReadFile(filepath.Join(root, "sql/tests/clinics.psql"))
	require.NoError(t, err)
	d.Exec(t, string(fixture))
	d.SetClock(t, time.Time{})
	return b
}

// process is one running server.
type process struct {
	b        *bundle
	url      string
	client   *http.Client
	registry *prometheus.Registry
	handler  http.Handler
	// stop ends it as a signal would, and returns what serving and relaying returned.
	stop func() error
}

// start runs the whole server with its relay, until the test ends or stop is called.
func (b *bundle) start(t *testing.T, listen func(net.Listener) net.Listener) *process {
	t.Helper()
	opened, err := db.Open(t.Context(), b.loginURL)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	p := &process{b: b, registry: prometheus.NewRegistry()}
	log := server.NewLogger(logtest.Keep(t, io.Discard), slog.LevelDebug)
	auth := server.NewVerifier(server.Config{BackendURL: issuer, JWTSecret: jwtSecret}, http.DefaultClient)
	relay, err := live.New(live.Options{DB: opened, Auth: auth, Log: log, Count: p.registry, Origins: []string{dashboard},
		BeatEvery: b.beat, CheckEvery: 100 * time.Millisecond})
	require.NoError(t, err)
	handler, err := server.New(server.Deps{DB: server.NewDatabase(opened), Auth: auth, Log: log, Metrics: server.NewMetrics(),
		Accounts: &server.Accounts{}, Live: relay})
	require.NoError(t, err)
	p.handler = logtest.KeepErrors(t, handler)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p.url = "http://" + listener.Addr().String()
	if listen != nil {
		listener = listen(listener)
	}
	ctx, cancel := context.WithCancel(context.Background())
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return server.ServeListener(running, p.handler, listener, log) })
	group.Go(func() error { return relay.Run(running) })
	p.stop = func() error { cancel(); return group.Wait() }
	transport := &http.Transport{MaxIdleConnsPerHost: 4}
	p.client = &http.Client{Transport: transport}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		require.NoError(t, p.stop())
	})
	return p
}

// issuer is what tokens are issued by; the address of the server is chosen later.
const issuer = "https://api.clinic.example"

// member makes a person of the clinic and returns id and token.
func (b *bundle) member(t *testing.T, org uuid.UUID, ttl time.Duration) (uuid.UUID, string) {
	t.Helper()
	user := uuid.New()
	b.exec(t, `insert into auth.users (id, email) values ($1, $2)`, user, user.String()+"@patients.example")
	b.exec(t, `delete from profiles where user_id = $1`, user) // of the organization that signing up founds
	b.exec(t, `insert into profiles (org_id, user_id, role) values ($1, $2, 'viewer')`, org, user)
	token, err := server.MintDevToken(jwtSecret, org, user, issuer+"/auth/v1", ttl)
	require.NoError(t, err)
	return user, token
}

func (b *bundle) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	_, err := b.owner.Exec(context.Background(), sql, args...)
	require.NoError(t, err)
}

// begin opens a transaction of the clinic's; what it announces is told when it commits.
func (b *bundle) begin(t *testing.T, org uuid.UUID) pgx.Tx {
	t.Helper()
	tx, err := b.owner.Begin(context.Background())
	require.NoError(t, err)
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) }) // of a test that failed before it ended
	claims, err := json.Marshal(map[string]any{"app_metadata": map[string]any{"org_id": org}})
	require.NoError(t, err)
	_, err = tx.Exec(context.Background(), "select set_config('request.jwt.claims', $1, true)", string(claims))
	require.NoError(t, err)
	return tx
}

// announce tells of a call, and returns its id.
func announce(t *testing.T, tx pgx.Tx) uuid.UUID {
	t.Helper()
	id := uuid.New()
	_, err := tx.Exec(context.Background(), "select app.announce('call_update', 'call', $1)", id)
	require.NoError(t, err)
	return id
}

// tell announces in a transaction of its own.
func (b *bundle) tell(t *testing.T, org uuid.UUID) uuid.UUID {
	t.Helper()
	tx := b.begin(t, org)
	id := announce(t, tx)
	require.NoError(t, tx.Commit(context.Background()))
	return id
}

// tellMany announces n calls in one transaction and returns their ids in order.
func (b *bundle) tellMany(t *testing.T, org uuid.UUID, n int) []uuid.UUID {
	t.Helper()
	tx := b.begin(t, org)
	ids := make([]uuid.UUID, n)
	for i := range ids {
		ids[i] = uuid.New()
	}
	_, err := tx.Exec(context.Background(), "select app.announce('call_update', 'call', i) from unnest($1::uuid[]) with ordinality u (i, n) order by n", ids)
	require.NoError(t, err)
	require.NoError(t, tx.Commit(context.Background()))
	return ids
}

// gauge is the sum of a metric over the given label value; "" takes all.
func (p *process) gauge(t *testing.T, name, label string) float64 {
	t.Helper()
	families, err := p.registry.Gather()
	require.NoError(t, err)
	var sum float64
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if family.GetName() == name && (label == "" || m.GetLabel()[0].GetValue() == label) {
				sum += m.GetGauge().GetValue() + m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return sum
}
