package server

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// The shortest and longest limit of a call in seconds; the table's own, said before it refuses.
const (
	minCallSeconds = 60
	maxCallSeconds = 3600
)

// agentWish is what shall become of one agent. nil fields stay.
type agentWish struct {
	role    string     // "" only with an id
	id      *uuid.UUID // nil: see makeNew
	makeNew bool       // without an id: a new agent, not the default of the role
	fields  db.SaveAgentParams
}

// agentWishes reads a body: the two roles, then the list. Errors: bad_request.
func agentWishes(body api.AgentBehavior) ([]agentWish, error) {
	var wishes []agentWish
	add := func(role string, w *api.AgentWish, makeNew bool) error {
		if w == nil {
			return nil
		}
		wish, err := readWish(role, *w)
		wish.makeNew = makeNew
		wishes = append(wishes, wish)
		return err
	}
	err := errors.Join(add(string(api.Inbound), body.Inbound, false), add(string(api.Outbound), body.Outbound, false))
	for _, w := range value(body.Agents) {
		err = errors.Join(err, add("", &w, true))
	}
	switch {
	case err != nil:
		return nil, err // the funnel shows the first
	case len(wishes) == 0:
		return nil, NewError(CodeBadRequest, "No agent configuration provided", nil)
	}
	return wishes, nil
}

// readWish takes the fields in either spelling and checks what the database knows nothing about.
func readWish(role string, w api.AgentWish) (agentWish, error) {
	switch {
	case w.Role != nil && role != "" && string(*w.Role) != role:
		return agentWish{}, NewError(CodeBadRequest, fmt.Sprintf("The role within %s must be absent or %s", role, role), nil)
	case w.Role != nil:
		role = string(*w.Role)
	case role == "" && w.Id == nil:
		return agentWish{}, NewError(CodeBadRequest, "A new agent needs a role", nil)
	}
	wish := agentWish{role: role, id: w.Id, fields: db.SaveAgentParams{
		AgentID: w.Id, Name: w.Name, Language: chosen(w.Language), Voice: chosen(w.VoiceId, w.VoiceIdOld, w.Voice),
		SystemPrompt: first(w.SystemPrompt, w.SystemPromptOld), FirstMessage: first(w.FirstMessage, w.FirstMessageOld),
		IsDefault: first(w.IsDefault, w.IsDefaultOld),
	}}
	if seconds := first(w.MaxDurationSeconds, w.MaxCallDuration, w.MaxDurationSecondsOld); seconds != nil {
		if *seconds < minCallSeconds || *seconds > maxCallSeconds {
			sentence := fmt.Sprintf("Max call duration for %s must be from %d to %d seconds", wish.whose(), minCallSeconds, maxCallSeconds)
			return wish, NewError(CodeBadRequest, sentence, nil)
		}
		limit := int32(*seconds)
		wish.fields.MaxCallSeconds = &limit
	}
	return wish, wish.checkSpeech()
}

// checkSpeech: which voices and languages there are is the outside world's affair.
func (w agentWish) checkSpeech() error {
	if v := w.fields.Voice; v != nil && !slices.ContainsFunc(voices(), func(known api.Voice) bool { return known.Id == *v }) {
		return NewError(CodeBadRequest, "Invalid voice selection for "+w.whose(), nil)
	}
	if l := w.fields.Language; l != nil && !slices.ContainsFunc(languages(), func(known language) bool { return known.code == *l }) {
		return NewError(CodeBadRequest, "Invalid language selection for "+w.whose(), nil)
	}
	return nil
}

// whose names the agent in refusals.
func (w agentWish) whose() string { return strings.TrimSpace(w.role + " agent") }

// saveAgent carries one wish out and returns whose it was.
func saveAgent(ctx context.Context, tx db.Tx, w agentWish, trace *string) (uuid.UUID, error) {
	fields := w.fields
	fields.TraceContext = trace
	if fields.AgentID == nil && !w.makeNew {
		id, err := tx.DefaultAgent(ctx, w.role)
		switch {
		case err == nil:
			fields.AgentID = &id
		case !errors.Is(err, pgx.ErrNoRows):
			return uuid.Nil, err
		}
	}
	if fields.AgentID == nil {
		fields.Role = &w.role
		if fields.Name == nil {
			fields.Name = optional(usualName(w.role))
		}
	}
	saved, err := tx.SaveAgent(ctx, fields)
	return saved.ID, err
}

// usualName is a new agent's that was given none: unique as long as each role has one agent.
func usualName(role string) string {
	if role == string(api.Outbound) {
		return "Outbound caller"
	}
	return "Receptionist"
}

// wrongRole refuses, before anything is committed, a wish for an agent that has another role.
func wrongRole(wishes []agentWish, ids []uuid.UUID, saved []db.ListAgentsRow) error {
	for i, w := range wishes {
		at := slices.IndexFunc(saved, func(a db.ListAgentsRow) bool { return a.ID == ids[i] })
		if at >= 0 && w.role != "" && saved[at].Role != w.role {
			return NewError(CodeBadRequest, fmt.Sprintf("This is no %s; an agent keeps its role", w.whose()), nil)
		}
	}
	return nil
}

// validTraceparent is the header where it is a W3C traceparent of version 00, else nil.
func validTraceparent(header *string) *string {
	const zeros = "00000000000000000000000000000000"
	if header == nil || !regexp.MustCompile(`^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$`).MatchString(*header) {
		return nil
	}
	parts := strings.Split(*header, "-")
	if parts[1] == zeros || parts[2] == zeros[:16] {
		return nil
	}
	return header
}

// chosen is first for selections, which forms send empty when nothing was selected.
func chosen(spellings ...*string) *string {
	return first(slices.DeleteFunc(spellings, func(s *string) bool { return s != nil && *s == "" })...)
}
