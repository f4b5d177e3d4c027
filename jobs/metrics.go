package jobs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/voxanne-ai/voxanne/db"
)

// queueTimeout bounds the look at the queue: whoever reads the metrics does not wait long.
const queueTimeout = 2 * time.Second

// Metrics counts the jobs that this process worked, and shows what waits in the queue.
type Metrics struct {
	jobs   *prometheus.CounterVec
	took   *prometheus.HistogramVec
	due    *prometheus.Desc
	oldest *prometheus.Desc
	queue  func(context.Context, time.Time) ([]db.ListQueueStatesRow, error)
	log    *slog.Logger
}

// NewMetrics makes the metrics and registers them; queue asks the database what is due (db.Queries.ListQueueStates).
func NewMetrics(registry prometheus.Registerer, queue func(context.Context, time.Time) ([]db.ListQueueStatesRow, error), log *slog.Logger) *Metrics {
	m := &Metrics{
		jobs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "voxanne_jobs_total",
			Help: "Attempts at jobs, by kind and what came of them: done, later (put off, no failure), failed (tried again), given_up (the last attempt) or cancelled.",
		}, []string{"kind", "outcome"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "voxanne_job_duration_seconds", Help: "How long an attempt at a job took, by kind.",
			Buckets: []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 120, 600},
		}, []string{"kind"}),
		due: prometheus.NewDesc("voxanne_jobs_due", "Jobs that are due and that no worker has taken, by queue; the same in every process.",
			[]string{"queue"}, nil),
		oldest: prometheus.NewDesc("voxanne_jobs_oldest_due_seconds", "For how long the oldest of them has been due; the same in every process.",
			[]string{"queue"}, nil),
		queue: queue,
		log:   log,
	}
	registry.MustRegister(m.jobs, m.took, m)
	return m
}

// Describe tells what Collect reads from the queue.
func (m *Metrics) Describe(ch chan<- *prometheus.Desc) {
	ch <- m.due
	ch <- m.oldest
}

// Collect asks the database what is due. Queues of which nothing was ever due are 0, or an alert would not know them from a
// database that does not answer: then there are none at all.
func (m *Metrics) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), queueTimeout)
	defer cancel()
	now := time.Now()
	rows, err := m.queue(ctx, now)
	if err != nil {
		m.log.Warn("could not look at the queue", slog.String("error", describe(err)))
		return
	}
	states := map[string]db.ListQueueStatesRow{
		river.QueueDefault: {}, recordingQueue: {}, vapiQueue: {}, callQueue: {}, knowledgeQueue: {}, calendarQueue: {},
	}
	for _, row := range rows {
		states[row.Queue] = row
	}
	for queue, s := range states {
		age := 0.0
		if s.Due > 0 {
			age = max(now.Sub(s.Oldest).Seconds(), 0)
		}
		ch <- prometheus.MustNewConstMetric(m.due, prometheus.GaugeValue, float64(s.Due), queue)
		ch <- prometheus.MustNewConstMetric(m.oldest, prometheus.GaugeValue, age, queue)
	}
}

// count stands around the workers, and around what makes their errors quiet, which also turns panics into errors.
func (m *Metrics) count() rivertype.Middleware {
	return river.WorkerMiddlewareFunc(func(ctx context.Context, job *rivertype.JobRow, work func(context.Context) error) error {
		started := time.Now()
		err := work(ctx)
		m.took.WithLabelValues(job.Kind).Observe(time.Since(started).Seconds())
		m.jobs.WithLabelValues(job.Kind, outcomeOf(job, err)).Inc()
		return err
	})
}

// outcomeOf is what an attempt came to, as voxanne_jobs_total has it.
func outcomeOf(job *rivertype.JobRow, err error) string {
	switch {
	case err == nil:
		return "done"
	case errors.As(err, new(*rivertype.JobSnoozeError)):
		return "later"
	case errors.As(err, new(*rivertype.JobCancelError)):
		return "cancelled"
	case job.Attempt >= job.MaxAttempts:
		return "given_up"
	default:
		return "failed"
	}
}
