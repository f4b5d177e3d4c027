// Package jobs works the queue: what a transaction decided but could not do
// itself. Jobs are put in by app.enqueue_job, in the transaction that needs
// them; their arguments are ids, so that a job row tells nothing about people.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
	"go.opentelemetry.io/otel/trace"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/calendarsync"
	"github.com/voxanne-ai/voxanne/jobs/dialer"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/jobs/provisioner"
	"github.com/voxanne-ai/voxanne/jobs/toolsync"
)

const (
	schema = "river"
	// fetchPoll is how long a due job waits at most. app.enqueue_job sends no
	// NOTIFY (it would serialise commits), so the queue is looked at.
	fetchPoll = time.Second
	// maxWorkers is how many jobs of one process run at once; they share db's pool with requests.
	maxWorkers = 8
	// queueConns are River's own: one listens, the others fetch and complete.
	queueConns = 4
	jobTimeout = 30 * time.Second
	// softStop is how long running jobs may go on after the process was told to
	// stop; less than the 30 s after which container runtimes kill.
	softStop = 10 * time.Second
)

// Calls fetches a call as Vapi keeps it (Vapi: GET /call/{id}), as raw JSON.
// *vapi.Client does.
type Calls interface {
	GetCall(ctx context.Context, vapiCallID string) (json.RawMessage, error)
}

// ReadReport takes a fetched call apart. The reader of webhooks lives in
// server/voice, above this room; whoever starts the workers hands it in. The
// result's CallID is filled in here. A call that has not ended is ErrNotEnded.
type ReadReport func(call json.RawMessage) (db.RecordCallReportParams, error)

// Messenger sends messages and finds out what became of them. *messenger.Messenger does.
type Messenger interface {
	SendScheduled(ctx context.Context, org, scheduledID uuid.UUID) error
	SendQueued(ctx context.Context, org, messageID uuid.UUID) error
	Settle(ctx context.Context, org, messageID uuid.UUID) (again time.Duration, err error)
}

// ErrNotEnded says that a fetched call has no report yet: fetch it again later.
var ErrNotEnded = errors.New("the call has not ended")

// Options is what the workers need. All but Recordings, Tools, Numbers, Dialer, Documents, Grants, Calendars, Metrics and Traces
// are required.
type Options struct {
	DirectURL  string // of voxanne_login, not through a pooler: the queue listens
	DB         *db.DB // for the jobs' own transactions
	Calls      Calls
	ReadReport ReadReport
	Messenger  Messenger
	Recordings Recorder                 // nil: this process leaves recordings to others
	Tools      *toolsync.Syncer         // nil: this process leaves the assistants at Vapi to others
	Numbers    *provisioner.Provisioner // nil: and the clinics' numbers
	Dialer     *dialer.Dialer           // nil: and the calls that clinics make
	Documents  Librarian                // nil: and the documents that clinics upload
	Grants     *grants.Keeper           // nil: and what people allowed us to do with their calendars
	Calendars  *calendarsync.Syncer     // nil: and their calendars
	Metrics    *Metrics                 // nil: nobody counts
	Traces     trace.TracerProvider     // gets a span for each attempt; nil: none
	Log        *slog.Logger
}

// middleware stands around every worker, the first outermost.
func middleware(o Options) []rivertype.Middleware {
	var around []rivertype.Middleware
	if o.Metrics != nil {
		around = append(around, o.Metrics.count())
	}
	if o.Traces != nil {
		around = append(around, traceJobs(o.Traces))
	}
	return append(around, quietErrors())
}

// Run works the queue until ctx ends; then running jobs get ten seconds to
// finish. Any number of processes may run at once. It returns nil after a clean
// stop, and an error when the queue cannot be reached at the start.
func Run(ctx context.Context, o Options) error {
	pool, err := openPool(ctx, o.DirectURL)
	if err != nil {
		return err
	}
	defer pool.Close()
	client, err := newClient(pool, o)
	if err != nil {
		return err
	}
	if err := client.Start(ctx); err != nil {
		return fmt.Errorf("start working the queue: %w", err)
	}
	o.Log.Info("working the queue")
	<-client.Stopped()
	o.Log.Info("stopped working the queue")
	return nil
}

func openPool(ctx context.Context, url string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// The parser's error repeats the URL, and with it the password.
		return nil, errors.New("DATABASE_DIRECT_URL is not a PostgreSQL URL: postgres://user:password@host:port/database")
	}
	config.MaxConns = queueConns
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("make the queue's connection pool: %w", err)
	}
	return pool, nil
}

func newClient(pool *pgxpool.Pool, o Options) (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, &releaseHold{db: o.DB})
	river.AddWorker(workers, &fetchCallReport{db: o.DB, calls: o.Calls, read: o.ReadReport})
	river.AddWorker(workers, &sendScheduled{messages: o.Messenger})
	river.AddWorker(workers, &sendMessage{messages: o.Messenger})
	river.AddWorker(workers, &settleMessage{messages: o.Messenger})
	river.AddWorker(workers, &sweepPlatform{db: o.DB, now: time.Now})
	river.AddWorker(workers, &rollUpCalls{db: o.DB})
	river.AddWorker(workers, &applyRetention{db: o.DB, atMost: retainAtMost})
	river.AddWorker(workers, &lapseKnowledge{db: o.DB})
	queues := map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: maxWorkers}}
	periodic := []*river.PeriodicJob{sweepHourly(), rollUpHourly(), retainNightly()}
	if o.Recordings != nil {
		river.AddWorker(workers, &keepRecording{recordings: o.Recordings})
		river.AddWorker(workers, &deleteRecording{recordings: o.Recordings})
		river.AddWorker(workers, &expireRecordings{recordings: o.Recordings})
		queues[recordingQueue] = river.QueueConfig{MaxWorkers: recordingWorkers}
		periodic = append(periodic, expireHourly())
	}
	if o.Tools != nil {
		river.AddWorker(workers, &syncAgent{tools: o.Tools})
		river.AddWorker(workers, &checkAgent{tools: o.Tools})
		river.AddWorker(workers, &reconcileAgents{tools: o.Tools})
		river.AddWorker(workers, &retireTools{tools: o.Tools})
		queues[vapiQueue] = river.QueueConfig{MaxWorkers: vapiWorkers}
		periodic = append(periodic, reconcileMinutely(), retireHourly())
	}
	if o.Numbers != nil {
		river.AddWorker(workers, &provisionNumber{numbers: o.Numbers})
		river.AddWorker(workers, &resumeProvisioning{numbers: o.Numbers})
		queues[vapiQueue] = river.QueueConfig{MaxWorkers: vapiWorkers}
		periodic = append(periodic, resumeMinutely())
	}
	if o.Dialer != nil {
		river.AddWorker(workers, &dialCalls{dialer: o.Dialer})
		river.AddWorker(workers, &tendCalls{dialer: o.Dialer})
		queues[callQueue] = river.QueueConfig{MaxWorkers: callWorkers}
		periodic = append(periodic, tendOften())
	}
	if o.Documents != nil {
		river.AddWorker(workers, &ingestKnowledge{documents: o.Documents})
		river.AddWorker(workers, &reembedKnowledge{documents: o.Documents})
		queues[knowledgeQueue] = river.QueueConfig{MaxWorkers: knowledgeWorkers}
		periodic = append(periodic, reembedHourly())
	}
	if o.Grants != nil {
		river.AddWorker(workers, &returnOldGrants{grants: o.Grants})
		periodic = append(periodic, returnGrantsOften())
	}
	if o.Calendars != nil {
		river.AddWorker(workers, &syncCalendarEvent{calendars: o.Calendars})
		river.AddWorker(workers, &pullCalendar{calendars: o.Calendars})
		river.AddWorker(workers, &watchCalendar{calendars: o.Calendars})
		river.AddWorker(workers, &tendCalendars{calendars: o.Calendars})
		queues[calendarQueue] = river.QueueConfig{MaxWorkers: calendarWorkers}
		periodic = append(periodic, tendCalendarsMinutely())
	}
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Schema:            schema,
		Queues:            queues,
		Workers:           workers,
		PeriodicJobs:      periodic,
		FetchPollInterval: fetchPoll,
		JobTimeout:        jobTimeout,
		SoftStopTimeout:   softStop,
		Middleware:        middleware(o),
		// Reindexing needs the owner of the tables, which the login role is not.
		ReindexerSchedule: river.NeverSchedule(),
		Logger:            complaints(o.Log),
	})
	if err != nil {
		return nil, fmt.Errorf("make the queue's client: %w", err)
	}
	return client, nil
}
