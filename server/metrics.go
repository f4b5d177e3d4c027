package server

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics holds the counters of one server on a registry of its own. Labels
// come from closed sets only (route patterns, known tools, known messages):
// a label made of input would let a client grow the memory of the process.
type Metrics struct {
	registry *prometheus.Registry
	http     *prometheus.HistogramVec
	messages *prometheus.CounterVec
	tools    *prometheus.HistogramVec
	tenants  *prometheus.CounterVec
	texts    *prometheus.CounterVec
	refused  *prometheus.CounterVec
}

// Why the dashboard's requests are turned away before they are looked at.
const (
	refusedUser  = "user"  // the user asks too often
	refusedOrg   = "org"   // the organization does
	refusedCrowd = "crowd" // too many members ask at once
)

// NewMetrics makes the metrics of one server.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		http: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "voxanne_http_request_duration_seconds", Help: "Time to answer a request, by route pattern and status.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route", "status"}),
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "voxanne_vapi_messages_total", Help: "Messages received from Vapi, by type; types we do not know count as other.",
		}, []string{"type"}),
		tools: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "voxanne_tool_call_duration_seconds", Help: "Time to answer one tool call, by tool and outcome.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"tool", "outcome"}),
		tenants: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "voxanne_tenant_refused_total", Help: "Vapi envelopes without one tenant: unresolved (no identifier known) or conflicting (identifiers disagree).",
		}, []string{"reason"}),
		texts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "voxanne_messages_total",
			Help: "Messages to and from patients at our doors, by category (follow_up, inbound, delivery) and what came of them.",
		}, []string{"category", "outcome"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "voxanne_dashboard_refused_total",
			Help: "Requests of members that were turned away: their user or org asked too often (429), or too many asked at once (crowd, 503).",
		}, []string{"reason"}),
	}
	for _, reason := range []string{refusedUser, refusedOrg, refusedCrowd} {
		m.refused.WithLabelValues(reason) // an alert on a rise needs the zero before it
	}
	m.registry.MustRegister(m.http, m.messages, m.tools, m.tenants, m.texts, m.refused,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// VapiMessage counts one message. kind is a type we know, or "other".
func (m *Metrics) VapiMessage(kind string) { m.messages.WithLabelValues(kind).Inc() }

// ToolCall counts one answered tool call. tool is a tool of ours or "unknown";
// outcome is one of the closed list that the booking functions return.
func (m *Metrics) ToolCall(tool, outcome string, took time.Duration) {
	m.tools.WithLabelValues(tool, outcome).Observe(took.Seconds())
}

// TenantUnresolved counts an envelope whose identifiers belong to nobody.
func (m *Metrics) TenantUnresolved() { m.tenants.WithLabelValues("unresolved").Inc() }

// TenantConflicting counts an envelope whose identifiers belong to different tenants.
func (m *Metrics) TenantConflicting() { m.tenants.WithLabelValues("conflicting").Inc() }

// Message counts one message or delivery report. category and outcome come from closed lists.
func (m *Metrics) Message(category, outcome string) { m.texts.WithLabelValues(category, outcome).Inc() }

// dashboardRefused counts a request of a member's that was turned away.
func (m *Metrics) dashboardRefused(reason string) { m.refused.WithLabelValues(reason).Inc() }

func (m *Metrics) request(route string, status int, took time.Duration) {
	m.http.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

// Registerer takes what other rooms of the same process count.
func (m *Metrics) Registerer() prometheus.Registerer { return m.registry }

// Handler serves GET /metrics and GET /healthz, which says version, for processes that serve no requests.
func (m *Metrics) Handler(version string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.handler())
	mux.HandleFunc("GET /healthz", serveAlive(version))
	return mux
}

// handler serves the registry in Prometheus' text format.
func (m *Metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
