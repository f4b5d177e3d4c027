package messenger

import (
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts what becomes of messages at their providers.
type Metrics struct{ handed *prometheus.CounterVec }

// NewMetrics makes the metrics and registers them; where a messenger of the same process did so before, both count together.
func NewMetrics(registry prometheus.Registerer) (*Metrics, error) {
	m := &Metrics{prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "voxanne_messages_handed_over_total",
		Help: "Messages taken to a provider, by what came of it: sent, failed or unknown (it may have left), and why they were not sent.",
	}, []string{"outcome", "reason"})}
	for outcome, reason := range map[string]string{sent: "", failed: reasonRefused, unknown: reasonNoAnswer} {
		m.handed.WithLabelValues(outcome, reason) // an alert on the first needs the zero before it
	}
	err := registry.Register(m.handed)
	var before prometheus.AlreadyRegisteredError
	if errors.As(err, &before) {
		if same, ok := before.ExistingCollector.(*prometheus.CounterVec); ok {
			m.handed = same
			return m, nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("register the metrics of messages: %w", err)
	}
	return m, nil
}

// count counts a verdict, whose words are ours; nil counts nothing.
func (m *Metrics) count(v verdict) {
	if m != nil {
		m.handed.WithLabelValues(v.outcome, v.reason).Inc()
	}
}
