// Package toolsync keeps Vapi in step with the database: every agent's assistant, and the one set of tools that all
// organisations' assistants share. It keeps no state of its own; any number of processes may work at once, and any of
// them may die at any point. Who may do what is decided by leases and claims in the database.
package toolsync

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// webhookPath is where the server takes Vapi's messages, tool calls among them.
const webhookPath = "/api/vapi/webhook"

// Options of a [Syncer]. All but Waits, Log, Metrics and Traces are required.
type Options struct {
	DB         *db.DB
	Vapi       *vapi.Client
	BackendURL string          // our public address
	Secret     string          // what Vapi shall prove itself with: the first of VAPI_WEBHOOK_SECRET
	Waits      []time.Duration // between attempts; nil: 2, 4 and 8 s
	Log        *slog.Logger
	Metrics    *Metrics
	Traces     trace.TracerProvider // gets a span for each sync; nil: none
}

// Syncer brings agents and tools in step. Safe for concurrent use.
type Syncer struct {
	db          *db.DB
	vapi        *vapi.Client
	backend     string
	webhook     string
	secret      string
	secretKeyID string
	waits       []time.Duration
	log         *slog.Logger
	metrics     *Metrics
	tracer      trace.Tracer
	functions   []vapi.Definition
	native      []vapi.Object
	names       []string // of all tools
}

// New returns a syncer. An error: an option is missing, or a tool definition of this build is wrong.
func New(o Options) (*Syncer, error) {
	if o.DB == nil || o.Vapi == nil || o.BackendURL == "" || o.Secret == "" {
		return nil, errors.New("database, Vapi client, backend URL and webhook secret are needed to keep assistants in step")
	}
	definitions, err := vapi.Definitions()
	if err != nil {
		return nil, err
	}
	backend := strings.TrimRight(o.BackendURL, "/")
	s := &Syncer{
		db: o.DB, vapi: o.Vapi, backend: backend, webhook: backend + webhookPath, secret: o.Secret, secretKeyID: keyID(o.Secret),
		waits: o.Waits, log: o.Log, metrics: o.Metrics,
		tracer: tracerOf(o.Traces),
	}
	if s.waits == nil {
		s.waits = []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second}
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.metrics == nil {
		s.metrics = NewMetrics(nil)
	}
	return s, s.define(definitions)
}

// define sorts definitions into tools that are registered and tools that are written into each assistant.
func (s *Syncer) define(definitions []vapi.Definition) error {
	for _, d := range definitions {
		s.names = append(s.names, d.Name)
		if !d.Native() {
			s.functions = append(s.functions, d)
			continue
		}
		inline, err := vapi.ParseObject(d.JSON)
		if err != nil {
			return fmt.Errorf("tool %s: %w", d.Name, err)
		}
		s.native = append(s.native, inline)
	}
	return nil
}

// keyID names a secret without telling it. It is hashed once more into every definition's hash, so that another secret
// makes another tool.
func keyID(secret string) string {
	sum := sha256.Sum256([]byte("voxanne webhook secret\n" + secret))
	return hex.EncodeToString(sum[:8])
}

// sleep waits, and says whether ctx lasted.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
