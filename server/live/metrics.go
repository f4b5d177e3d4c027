package live

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are what the relay and its streams count. Labels come from closed sets.
type metrics struct {
	clients  *prometheus.GaugeVec
	dropped  *prometheus.CounterVec
	events   prometheus.Counter
	failures prometheus.Counter
	lag      prometheus.Histogram
}

func newMetrics(registry prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		clients: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "voxanne_live_clients", Help: "Streams of live events that are open, by transport (sse, websocket).",
		}, []string{"transport"}),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "voxanne_live_dropped_total", Help: "Streams that the server ended, by reason.",
		}, []string{"reason"}),
		events: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "voxanne_live_events_total", Help: "Live events that the relay read, of all organizations.",
		}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "voxanne_live_read_failures_total", Help: "Reads of the relay that failed; it reads on from where it was.",
		}),
		lag: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "voxanne_live_relay_lag_seconds", Help: "From announcing an event, within its transaction, to the relay's read.",
			Buckets: []float64{.01, .025, .05, .075, .1, .25, .5, 1, 5, 30},
		}),
	}
	for _, c := range []prometheus.Collector{m.clients, m.dropped, m.events, m.failures, m.lag} {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("register the metrics of live events: %w", err)
		}
	}
	return m, nil
}
