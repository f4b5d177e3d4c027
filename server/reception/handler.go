package reception

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/voice"
)

const (
	// assistantBudget leaves Vapi most of its 7.5 s to ring the clinic's own line when we are in trouble.
	assistantBudget = 1800 * time.Millisecond
	// messageBudget is for all tool calls of one message: Vapi gives up after 20 s, and then no answer is said at all.
	messageBudget = 12 * time.Second
	// toolBudget is for one tool call; a caller does not wait longer in silence.
	toolBudget = 8 * time.Second
	// emergencyBudget is for finding the clinic's own emergency sentence; then ours is said.
	emergencyBudget = time.Second
)

// Counters is what the reception counts; *server.Metrics is one.
type Counters interface {
	VapiMessage(kind string)
	ToolCall(tool, outcome string, took time.Duration)
	TenantUnresolved()
	TenantConflicting()
}

// Reception answers Vapi's webhooks. It is safe for concurrent use.
type Reception struct {
	db    *db.DB
	auth  *voice.Authenticator
	keys  codeKeys
	count Counters
	// questions makes vectors of questions to the clinics' documents; nil: words must do.
	questions *server.Questions
}

// New returns the handler of everything under /api/vapi/. keys hashes the codes by which callers prove who they are; questions may
// be nil.
func New(database *db.DB, auth *voice.Authenticator, keys *vault.Keyring, count Counters, questions *server.Questions) http.Handler {
	r := &Reception{db: database, auth: auth, keys: keys, count: count, questions: questions}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/vapi/webhook", r.serve)
	mux.HandleFunc("POST /api/vapi/tools", r.serve)
	mux.HandleFunc("POST /api/vapi/tools/{name}", r.serve)
	mux.HandleFunc("/api/vapi/", func(w http.ResponseWriter, req *http.Request) {
		server.WriteError(w, req, server.NewError(server.CodeNotFound, "There is nothing here. Vapi posts to /api/vapi/webhook and /api/vapi/tools.", nil))
	})
	return mux
}

// serve authenticates the raw bytes, reads the message and hands it to whoever answers its type.
func (r *Reception) serve(w http.ResponseWriter, req *http.Request) {
	server.NoteRoute(req.Context(), req.Pattern)
	body, err := io.ReadAll(req.Body) // package server limits it
	if err != nil {
		server.WriteError(w, req, err)
		return
	}
	if err := r.auth.Verify(req.Header, body); err != nil {
		server.WriteError(w, req, server.NewError(server.CodeUnauthenticated, "The webhook's secret or signature is missing or wrong.", err))
		return
	}
	message, err := voice.Parse(body)
	if err != nil {
		server.WriteError(w, req, server.NewError(server.CodeBadRequest, "The body is not a Vapi message: "+err.Error()+".", nil))
		return
	}
	if name := req.PathValue("name"); name != "" {
		message.NameTool(name)
	}
	answer, err := r.answer(req.Context(), message)
	if err != nil {
		server.WriteError(w, req, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if _, err := w.Write(answer); err != nil {
		server.Log(req.Context()).Warn("the answer did not reach Vapi")
	}
}

// answer returns the body to send with status 200. An error becomes a 503: only for messages where Vapi makes
// something good of it (assistant-request rings the clinic's own line, reports may be sent again).
func (r *Reception) answer(ctx context.Context, m voice.Message) ([]byte, error) {
	r.count.VapiMessage(countedType(m.Type))
	switch m.Type {
	case voice.TypeToolCalls, voice.TypeFunctionCall:
		return m.Answer(r.runTools(ctx, m)), nil
	case voice.TypeAssistantRequest:
		return r.assistantRequest(ctx, m)
	case voice.TypeTransferRequest, voice.TypeHandoffRequest:
		return r.transferRequest(ctx, m), nil
	case voice.TypeKnowledgeRequest:
		return r.knowledgeRequest(ctx, m), nil
	case voice.TypeStatusUpdate:
		return voice.Acknowledge(), r.statusUpdate(ctx, m)
	case voice.TypeEndOfCallReport:
		return voice.Acknowledge(), r.endOfCallReport(ctx, m)
	case voice.TypeHang:
		server.Log(ctx).Warn("the assistant hangs: something it waits for is slow")
	}
	return voice.Acknowledge(), nil
}

// countedType keeps the counter's labels to the types we know.
func countedType(kind string) string {
	switch kind {
	case voice.TypeToolCalls, voice.TypeFunctionCall, voice.TypeAssistantRequest, voice.TypeTransferRequest,
		voice.TypeHandoffRequest, voice.TypeKnowledgeRequest, voice.TypeStatusUpdate, voice.TypeEndOfCallReport, voice.TypeHang:
		return kind
	default:
		return "other"
	}
}

// noteRefusedTenant logs and counts an envelope that is nobody's; true when err says so.
func (r *Reception) noteRefusedTenant(ctx context.Context, m voice.Message, err error) bool {
	switch {
	case errors.Is(err, db.ErrTenantConflict):
		r.count.TenantConflicting()
		server.Log(ctx).Error("a call's identifiers name two tenants; nothing was written", append(idsOf(m), slog.Bool("alert", true))...)
		return true
	case errors.Is(err, db.ErrUnknownTenant):
		r.count.TenantUnresolved()
		server.Log(ctx).Warn("a call belongs to no tenant; nothing was written", idsOf(m)...)
		return true
	}
	return false
}

// idsOf are the ids by which an operator finds a message at Vapi. Only what has a UUID's shape is logged: the fields
// of an envelope that nobody owns may hold anything.
func idsOf(m voice.Message) []any {
	var attrs []any
	for _, field := range []struct {
		name   string
		values []string
	}{
		{"vapi_call_id", []string{m.Call.ID}},
		{"assistant_id", m.Route.AssistantIDs},
		{"phone_number_id", m.Route.PhoneNumberIDs},
	} {
		var ids []string
		for _, value := range field.values {
			if id, err := uuid.Parse(value); err == nil {
				ids = append(ids, id.String())
			}
		}
		if len(ids) > 0 {
			attrs = append(attrs, slog.String(field.name, strings.Join(ids, ",")))
		}
	}
	return attrs
}
