package calendarsync

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/voxanne-ai/voxanne/db"
)

// Metrics counts what the syncers of a process do, and shows how the calendars of all clinics do.
type Metrics struct {
	pulls     *prometheus.CounterVec
	pullTime  prometheus.Histogram
	events    *prometheus.CounterVec
	eventTime prometheus.Histogram
	channels  *prometheus.CounterVec
	links     *prometheus.GaugeVec
	behind    prometheus.Gauge
	behindFor prometheus.Gauge
}

// NewMetrics makes the metrics and registers them; nil: they are counted for nobody.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		pulls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "voxanne_calendar_pulls_total",
			Help: "Readings of calendars, by what came of them: whole, changes, lost (another worker took over), or why they failed.",
		}, []string{"outcome"}),
		pullTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "voxanne_calendar_pull_seconds", Help: "How long a reading of a calendar took, failed ones included.",
			Buckets: []float64{.1, .25, .5, 1, 2, 5, 10, 30, 60, 180, 540},
		}),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "voxanne_calendar_event_writes_total",
			Help: "Writes of visits' events, by what came of them: there, gone, missing (made anew), or why they failed.",
		}, []string{"outcome"}),
		eventTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "voxanne_calendar_event_seconds", Help: "Time from a visit's change until its event was written or removed.",
			Buckets: []float64{.5, 1, 2, 3, 5, 10, 30, 60, 300, 1800, 7200},
		}),
		channels: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "voxanne_calendar_channels_total", Help: "Push channels asked for, by what came of it: opened, or why not.",
		}, []string{"outcome"}),
		links: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "voxanne_calendar_links", Help: "Linked calendars, by health: ok, failing or needs_reconnect; the same in every process.",
		}, []string{"health"}),
		behind: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "voxanne_calendar_events_behind", Help: "Events that are not yet as their visit; the same in every process.",
		}),
		behindFor: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "voxanne_calendar_events_behind_seconds", Help: "For how long the longest waiting of them has not been touched.",
		}),
	}
	if registry != nil {
		registry.MustRegister(m.pulls, m.pullTime, m.events, m.eventTime, m.channels, m.links, m.behind, m.behindFor)
	}
	return m
}

func (m *Metrics) pulled(outcome string, took time.Duration) {
	m.pulls.WithLabelValues(outcome).Inc()
	m.pullTime.Observe(took.Seconds())
}

// wrote counts a write by its outcome, a failed one by its reason.
func (m *Metrics) wrote(outcome, reason string, wishedAt *time.Time) {
	if outcome == nowFailed {
		outcome = reason
	}
	m.events.WithLabelValues(outcome).Inc()
	if wishedAt != nil && (outcome == nowThere || outcome == nowGone) {
		m.eventTime.Observe(time.Since(*wishedAt).Seconds())
	}
}

func (m *Metrics) measure(c db.CalendarCounts) {
	m.links.WithLabelValues("ok").Set(float64(c.LinksOk))
	m.links.WithLabelValues("failing").Set(float64(c.LinksFailing))
	m.links.WithLabelValues("needs_reconnect").Set(float64(c.LinksToReconnect))
	m.behind.Set(float64(c.EventsBehind))
	m.behindFor.Set(float64(c.BehindSeconds))
}
