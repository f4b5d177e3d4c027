package live_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/localpg"
	"github.com/voxanne-ai/voxanne/db/migrate"
)

func TestAStreamReadsOnAfterADatabaseRestart(t *testing.T) {
	t.Parallel()
	options := localpg.Options{Dir: t.TempDir(), Fast: true}
	cluster, err := localpg.Start(t.Context(), options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, localpg.Remove(context.Background(), options.Dir)) })
	b := &bundle{ownerURL: cluster.OwnerURL("postgres")}
	require.NoError(t, migrate.Up(t.Context(), b.ownerURL, nil))
	b.owner, err = pgxpool.New(t.Context(), b.ownerURL)
	require.NoError(t, err)
	t.Cleanup(b.owner.Close)
	b.exec(t, "alter role voxanne_login login password 'test-secret-login'")
	login, err := url.Parse(b.ownerURL)
	require.NoError(t, err)
	login.User = url.UserPassword("voxanne_login", "test-secret-login")
	b.loginURL = login.String()
	b.exec(t, "insert into organizations (id, name, slug, country, time_zone) values ($1, 'Lakeside Dental', 'lakeside', 'US', 'America/Chicago')", lakeside)

	p := b.start(t, nil)
	_, token := b.member(t, lakeside, time.Hour)
	w := p.watch(t, token, "")
	w.expect(t, b.tell(t, lakeside))
	require.NoError(t, cluster.Stop(t.Context()))
	require.Eventually(t, func() bool { return p.gauge(t, "voxanne_live_read_failures_total", "") > 0 }, soon, 10*time.Millisecond)
	_, err = localpg.Start(t.Context(), options)
	require.NoError(t, err)
	// Announced before the relay notices that the database is back, and after.
	conn, err := pgx.Connect(t.Context(), b.ownerURL)
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
	b.owner.Reset()
	w.expect(t, b.tell(t, lakeside), b.tell(t, lakeside))
}
