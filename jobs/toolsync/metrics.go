package toolsync

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts what the syncers of a process do.
type Metrics struct {
	registrations prometheus.Counter
	links         prometheus.Counter
	retries       *prometheus.CounterVec
	failures      *prometheus.CounterVec
	linked        prometheus.Histogram
}

// NewMetrics makes the metrics and registers them; nil: they are counted for nobody.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		registrations: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "voxanne_vapi_tool_registrations_total", Help: "Tools registered at Vapi, found again ones included.",
		}),
		links: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "voxanne_vapi_links_total", Help: "Assistants brought in step by a request that changed them.",
		}),
		retries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "voxanne_vapi_sync_retries_total", Help: "Syncs and registrations that needed more than one attempt, by how they ended: succeeded or failed.",
		}, []string{"outcome"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "voxanne_vapi_sync_failures_total", Help: "Syncs given up for the reconciler, by status: registered_not_linked or failed.",
		}, []string{"status"}),
		linked: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "voxanne_vapi_save_to_linked_seconds", Help: "Time from an agent's save until its assistant was in step.",
			Buckets: []float64{.25, .5, 1, 1.5, 2, 3, 4, 5, 7.5, 10, 20, 60, 300},
		}),
	}
	if registry != nil {
		registry.MustRegister(m.registrations, m.links, m.retries, m.failures, m.linked)
	}
	return m
}

// retried counts once for each sync or registration that was repeated, when it has ended.
func (m *Metrics) retried(err error) {
	outcome := "succeeded"
	if err != nil {
		outcome = "failed"
	}
	m.retries.WithLabelValues(outcome).Inc()
}

func (m *Metrics) savedToLinked(took time.Duration) { m.linked.Observe(took.Seconds()) }
