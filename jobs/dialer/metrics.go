package dialer

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/voxanne-ai/voxanne/db"
)

// Metrics shows how busy the account's slots are, of all tenants together.
type Metrics struct {
	slots *prometheus.GaugeVec
	calls *prometheus.GaugeVec
	asked *prometheus.CounterVec
}

// NewMetrics makes the metrics and registers them; nil: they are counted for nobody.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		slots: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "voxanne_outbound_slots", Help: "Slots for outbound calls, by state: occupied or free; the same in every process.",
		}, []string{"state"}),
		calls: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "voxanne_outbound_calls", Help: "Outbound calls that wait, by state: due (a slot is all they lack) or later; the same in every process.",
		}, []string{"state"}),
		asked: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "voxanne_outbound_requests_total",
			Help: "Calls that Vapi was asked for, by what came of it: placed, uncertain, line_busy, refused, unauthorized or unreachable.",
		}, []string{"outcome"}),
	}
	if registry != nil {
		registry.MustRegister(m.slots, m.calls, m.asked)
	}
	return m
}

func (m *Metrics) measure(load db.OutboundLoad, atOnce int) {
	m.slots.WithLabelValues("occupied").Set(float64(load.Occupied))
	m.slots.WithLabelValues("free").Set(float64(max(int64(atOnce)-load.Occupied, 0)))
	m.calls.WithLabelValues("due").Set(float64(load.Due))
	m.calls.WithLabelValues("later").Set(float64(load.Waiting - load.Due))
}
