package server

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
)

// NewReadyMetric asks what /readyz asks whenever somebody reads the metrics, for whoever looks at no balancer: workers have none.
// schema is the last migration that the program knows. That the process was told to stop it does not know.
func NewReadyMetric(db Database, schema int64) prometheus.Collector {
	ready := probes{db, schema}
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "voxanne_ready", Help: "1 when the database answers this process and has every migration that it knows, else 0.",
	}, func() float64 {
		if ready.judge(context.Background()) != nil {
			return 0
		}
		return 1
	})
}
