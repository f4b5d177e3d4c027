package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/localpg"
	"github.com/voxanne-ai/voxanne/server"
)

func TestEveryVariableIsExplainedWhenItIsNotSet(t *testing.T) {
	t.Parallel()
	read := variablesRead()
	require.Greater(t, len(read), 45)
	for _, v := range read {
		require.NotEmpty(t, unset(v), v.name)
	}
}

func TestProblemsOfTheConfigurationAreFindings(t *testing.T) {
	t.Parallel()
	_, err := server.ReadConfig(map[string]string{"PORT": "none", "VAPI_WEBHOOK_AUTH": "quill", "RESEND_API_KEY": "a", "SMTP_URL": "test-secret-smtp"})
	require.Error(t, err)
	found := map[string]Finding{}
	for _, f := range problems(err) {
		require.Equal(t, Error, f.Level)
		require.NotEmpty(t, f.Remedy)
		found[f.Check] = f
	}
	for _, check := range []string{"config.DATABASE_URL", "config.PORT", "config.VAPI_WEBHOOK_AUTH", "config.SMTP_URL", "config.EMAIL_FROM",
		"config.RESEND_API_KEY", "config.BACKEND_URL", "config.CREDENTIALS_KEY", "config"} {
		require.Contains(t, found, check)
	}
	require.Equal(t, "DATABASE_URL is not set.", found["config.DATABASE_URL"].Detail)
	require.Contains(t, found["config.DATABASE_URL"].Remedy, "Give the PostgreSQL address")
	require.Empty(t, problems(nil))
	require.Equal(t, "config", problems(errors.New("the environment could not be read"))[0].Check)
}

func TestClocksThatDiffer(t *testing.T) {
	t.Parallel()
	before := time.Date(2030, 3, 4, 12, 0, 0, 0, time.UTC)
	after := before.Add(time.Second)
	for told, level := range map[time.Duration]Level{
		0: OK, time.Second: OK, -time.Second: OK, 2 * time.Second: OK, 4 * time.Second: Warning, -3 * time.Second: Warning,
		31 * time.Second: Error, -30 * time.Second: Error, -240 * time.Hour: Error,
	} {
		require.Equal(t, level, judgeClock("the database's", before, after, before.Add(told)).level, told.String())
	}
}

func TestADatabaseWithAnotherClockIsFound(t *testing.T) {
	t.Parallel()
	d := doctor{Options{Now: func() time.Time { return time.Now().Add(-time.Hour) },
		Config: server.Config{DatabaseURL: server.Secret(dbtest.New(t).LoginURL)}}}
	findings := askAll(t.Context(), []check{{"clock.database", d.databaseClock}}, Limit)
	printed, err := json.Marshal(reportOf(findings))
	require.NoError(t, err)
	require.JSONEq(t, `{"healthy": false, "findings": [{"check": "clock.database", "level": "error",
		"detail": "This machine's clock and the database's differ by 1h0m0s.",
		"remedy": "Let both machines take the time from the network (NTP)."}]}`, string(printed))
}

func TestADatabaseWithoutOurSchemaIsFoundAndLeftAsItIs(t *testing.T) {
	t.Parallel()
	empty := dbtest.Empty(t)
	d := doctor{Options{Now: time.Now, Config: server.Config{AdminDatabaseURL: server.Secret(empty.OwnerURL)}}}
	for name, ask := range map[string]func(context.Context) verdict{"admin": d.admin, "schema": d.schema, "queue": d.queue} {
		v := ask(t.Context())
		require.Equal(t, Error, v.level, name)
		require.Contains(t, v.remedy, "voxanne migrate", name)
	}
	var tables int
	require.NoError(t, empty.Pool(t).QueryRow(t.Context(), "select count(*) from pg_tables where schemaname = 'public'").Scan(&tables))
	require.Zero(t, tables)
}

func TestExtensionsThatAreMissingOrOld(t *testing.T) {
	t.Parallel()
	whole := func(vectors string) map[string]string {
		return map[string]string{"btree_gin": "1.3", "btree_gist": "1.7", "fuzzystrmatch": "1.1", "pg_trgm": "1.6", vector: vectors}
	}
	require.Equal(t, OK, judgeExtensions(150020, whole("0.8.0")).level)
	require.Equal(t, OK, judgeExtensions(170000, whole("0.10.1")).level)
	require.Equal(t, OK, judgeExtensions(150020, whole("1.0")).level)
	require.Contains(t, judgeExtensions(150020, whole("0.7.4")).detail, "vector is 0.7.4")
	require.Contains(t, judgeExtensions(140000, whole("0.8.0")).detail, "PostgreSQL 14")
	without := whole("0.8.0")
	delete(without, "pg_trgm")
	require.Contains(t, judgeExtensions(150020, without).detail, "pg_trgm is missing")
}

func TestPoolersInTransactionMode(t *testing.T) {
	t.Parallel()
	require.Equal(t, OK, judgePooler(false, false).level)
	require.Equal(t, Warning, judgePooler(true, false).level)
	require.Equal(t, OK, judgePooler(true, true).level)
	require.Equal(t, Info, judgePooler(false, true).level)

	address := dbtest.New(t).LoginURL
	pooler, err := localpg.StartPooler(t.Context(), localpg.PoolerOptions{Server: address, Connections: 1})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, pooler.Remove()) })
	shared, err := sharesProcesses(t.Context(), server.Secret(pooler.URL()))
	require.NoError(t, err)
	require.True(t, shared)
	shared, err = sharesProcesses(t.Context(), server.Secret(address))
	require.NoError(t, err)
	require.False(t, shared)
}

func TestJobsThatAreStuck(t *testing.T) {
	t.Parallel()
	require.Equal(t, OK, judgeJobs(nil).level)
	require.Equal(t, Warning, judgeJobs([]db.CountStuckJobsRow{{Kind: "sync_agent", Running: 2}}).level)
	require.Equal(t, Error, judgeJobs([]db.CountStuckJobsRow{{Kind: "sync_agent", GivenUp: 1}, {Kind: "send_message", Waiting: 3}}).level)
}

func TestChecksAreAskedSideBySideAndNoLongerThanTheirLimit(t *testing.T) {
	t.Parallel()
	var checks []check
	for _, name := range []string{"a", "b", "c"} {
		checks = append(checks, check{name, func(ctx context.Context) verdict {
			<-ctx.Done()
			return wrong("no answer", "wait")
		}})
	}
	began := time.Now()
	findings := askAll(t.Context(), checks, 300*time.Millisecond)
	require.Less(t, time.Since(began), 850*time.Millisecond, "one after the other takes 900 ms")
	require.Equal(t, []string{"a", "b", "c"}, []string{findings[0].Check, findings[1].Check, findings[2].Check})
}
