package webvoice

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are what bridges count.
type metrics struct {
	open  prometheus.Gauge
	ended *prometheus.CounterVec // by reason, a closed set
}

func newMetrics(registry prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		open: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "voxanne_web_tests", Help: "Sockets of test calls that are open, signed in or not.",
		}),
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "voxanne_web_tests_ended_total", Help: "Bridges of test calls that ended, by reason.",
		}, []string{"reason"}),
	}
	for _, c := range []prometheus.Collector{m.open, m.ended} {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("register the metrics of test calls: %w", err)
		}
	}
	return m, nil
}
