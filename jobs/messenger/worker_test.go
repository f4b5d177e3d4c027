package messenger_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

// The environment of a worker process: this test binary, which then works the queue instead of testing.
const (
	workerDatabase = "TEST_WORKER_DATABASE"
	workerTwilio   = "TEST_WORKER_TWILIO"
)

func TestMain(m *testing.M) {
	if os.Getenv(workerDatabase) != "" {
		if err := workUntilKilled(context.Background()); err != nil {
			_, _ = io.WriteString(os.Stderr, err.Error()+"\n")
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

func workUntilKilled(ctx context.Context) error {
	opened, err := db.Open(ctx, os.Getenv(workerDatabase))
	if err != nil {
		return err
	}
	defer opened.Close()
	keys, err := vault.ParseKeyring(credentialsKey)
	if err != nil {
		return err
	}
	texts, err := twilio.New(twilio.Options{BaseURL: os.Getenv(workerTwilio)})
	if err != nil {
		return err
	}
	mails, err := email.NewResend(email.ResendOptions{})
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	m, err := messenger.New(messenger.Options{DB: opened, Keys: keys, Twilio: texts, Resend: mails, BackendURL: backendURL, Log: log})
	if err != nil {
		return err
	}
	return jobs.Run(ctx, jobs.Options{DirectURL: os.Getenv(workerDatabase), DB: opened, Messenger: m, Log: log})
}

// victim starts a worker process. kill ends it the hard way, once, and waits until it is gone.
func (b *testBundle) victim(t *testing.T, twilioURL string) (kill func()) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	c := exec.Command(self) //nolint:gosec // this very test binary
	c.Env = append(os.Environ(), workerDatabase+"="+b.data.LoginURL, workerTwilio+"="+twilioURL)
	c.Stdout, c.Stderr = b.log, b.log
	require.NoError(t, c.Start())
	kill = sync.OnceFunc(func() {
		_ = c.Process.Kill() // SIGKILL: nothing is tidied up
		_ = c.Wait()
	})
	t.Cleanup(kill)
	return kill
}

// work runs the workers in this process until the test ends.
func (b *testBundle) work(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- jobs.Run(ctx, jobs.Options{DirectURL: b.data.LoginURL, DB: b.db, Messenger: b.m, Log: b.o.Log})
	}()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
	})
}

// lock keeps everyone from writing a table until release.
func (b *testBundle) lock(t *testing.T, table string) (release func()) {
	t.Helper()
	tx, err := b.owner.Begin(context.Background())
	require.NoError(t, err)
	_, err = tx.Exec(context.Background(), "lock table "+table+" in share mode")
	require.NoError(t, err)
	return sync.OnceFunc(func() { _ = tx.Rollback(context.Background()) })
}

// blocked waits until somebody waits to write the table.
func (b *testBundle) blocked(t *testing.T, table string) {
	t.Helper()
	b.eventually(t, "select exists (select from pg_locks where relation = $1::text::regclass and not granted)", table)
}

// rescue does what River does an hour after a worker died, and brings the jobs to now: the one that sends, and the one
// that asks, at its second look.
func (b *testBundle) rescue(t *testing.T) {
	t.Helper()
	b.data.Exec(t, `update public.messages set handed_over_at = now() - interval '11 minutes' where handed_over_at is not null;
		update public.org_credentials set updated_at = now() - interval '1 day';
		update river.river_job set state = 'available', scheduled_at = now() where kind in ('send_scheduled', 'settle_message')
			and state in ('running', 'scheduled', 'retryable')
			and (kind = 'settle_message' or args ->> 'scheduled_id' in (select id::text from public.scheduled_messages where kind = 'confirmation'))`)
}

func TestAWorkerKilledAtAnyPointTextsNobodyTwice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		// die starts the worker's work and kills it at the point.
		die    func(t *testing.T, b *testBundle, url string)
		rows   int // that stand when it is dead
		texts  int // that Twilio took by then
		status string
	}{
		"before the row is committed": {rows: 0, texts: 0, status: "sent", die: func(t *testing.T, b *testBundle, url string) {
			release := b.lock(t, "public.scheduled_messages") // written last in that transaction
			defer release()
			kill := b.victim(t, url)
			b.blocked(t, "public.scheduled_messages")
			kill()
		}},
		"after the row, before the provider": {rows: 1, texts: 0, status: "failed", die: func(t *testing.T, b *testBundle, url string) {
			b.dieOnTheLine(t, url, func(kill func()) { b.line.on(kill, nil) })
		}},
		"after the provider, before its answer": {rows: 1, texts: 1, status: "sent", die: func(t *testing.T, b *testBundle, url string) {
			b.dieOnTheLine(t, url, func(kill func()) { b.line.on(nil, kill) })
		}},
		"while what came of it is written": {rows: 1, texts: 1, status: "sent", die: func(t *testing.T, b *testBundle, url string) {
			locked := make(chan func(), 1)
			b.line.on(nil, func() { locked <- b.lock(t, "public.messages") })
			kill := b.victim(t, url)
			release := <-locked
			defer release()
			b.blocked(t, "public.messages")
			kill()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			url := play(t, b.line)
			b.book(t, "Ada Quillby", "Bob Quillby")
			b.rescue(t)
			c.die(t, b, url)
			b.line.on(nil, nil)
			require.Equal(t, c.rows, one[int](t, b, "select count(*) from public.messages"), "rows when it is dead; log: %s", b.log)
			require.Len(t, b.twilio.Texts(), c.texts)

			b.work(t)
			require.Eventually(t, func() bool {
				b.rescue(t)
				return one[int](t, b, "select count(*) from public.messages where status = $1", c.status) == 1
			}, 30*time.Second, 100*time.Millisecond, "log: %s", b.log)
			b.eventually(t, `select not exists (select from river.river_job where kind = 'settle_message' and state <> 'completed')
				and not exists (select from public.scheduled_messages where kind = 'confirmation' and state = 'waiting')`)
			require.Equal(t, 1, one[int](t, b, "select count(*) from public.messages"))
			if c.status == "sent" {
				require.Len(t, b.twilio.Texts(), 1)
				require.Equal(t, b.twilio.Texts()[0].SID, b.row(t, one[uuid.UUID](t, b, "select id from public.messages")).External)
			} else {
				require.Empty(t, b.twilio.Texts(), "what was never taken is not sent late")
			}
			require.NotContains(t, b.log.String(), callerNumber)
		})
	}
}

// dieOnTheLine lets a worker run until a request of its reaches the point that arm chooses.
func (b *testBundle) dieOnTheLine(t *testing.T, url string, arm func(kill func())) {
	t.Helper()
	dead := make(chan struct{})
	var kill func()
	ready := make(chan struct{})
	arm(func() {
		<-ready
		kill()
		close(dead)
	})
	kill = b.victim(t, url)
	close(ready)
	select {
	case <-dead:
	case <-time.After(20 * time.Second):
		t.Fatalf("the worker sent nothing; log: %s", b.log)
	}
}

func TestJobsWorkTheWholeWayAndHoldIDsOnly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.book(t, "Ada Quillby")
	b.rescue(t)
	b.twilio.Fail(sandbox.Failure{Status: http.StatusInternalServerError})
	b.work(t)
	b.eventually(t, "select exists (select from public.messages where status = 'unknown')")
	b.rescue(t)
	b.eventually(t, "select exists (select from public.messages where status = 'failed' and reason = 'never_accepted')")
	for _, args := range all[string](t, b, "select args::text || errors::text from river.river_job where errors is not null union all select args::text from river.river_job") {
		require.NotContains(t, args, callerNumber)
		require.NotContains(t, args, "Quill")
	}
	require.NotContains(t, b.log.String(), callerNumber)
	require.NotContains(t, b.log.String(), "Quill")
}
