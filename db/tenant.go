package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// AsUser runs fn in one transaction as the person of the verified claims
// (JSON with sub and app_metadata.org_id) and commits it when fn returns nil.
// ErrNotMember when the person is no member any more, whatever the token says.
func (d *DB) AsUser(ctx context.Context, claims []byte, fn func(Tx, Member) error) error {
	var who struct {
		Sub         uuid.UUID `json:"sub"`
		AppMetadata struct {
			OrgID uuid.UUID `json:"org_id"`
		} `json:"app_metadata"`
	}
	if err := json.Unmarshal(claims, &who); err != nil {
		return fmt.Errorf("read the claims: %w", err)
	}
	member := Member{OrgID: who.AppMetadata.OrgID, UserID: who.Sub}
	err := d.begin(ctx, beginRequest, []any{"tenant_user", json.RawMessage(claims)},
		func(row pgx.Row) error { return row.Scan(&member.Role) },
		func(tx Tx) error { return fn(tx, member) })
	if hasState(err, StateNoMember) {
		return errors.Join(ErrNotMember, err)
	}
	return err
}

// AsTenant runs fn in one transaction for the organisation itself, as jobs do,
// and commits it when fn returns nil.
func (d *DB) AsTenant(ctx context.Context, org uuid.UUID, fn func(Tx) error) error {
	claims, err := json.Marshal(map[string]any{"app_metadata": map[string]any{"org_id": org}})
	if err != nil {
		return fmt.Errorf("write the claims: %w", err)
	}
	var role string
	return d.begin(ctx, beginRequest, []any{"tenant_service", json.RawMessage(claims)},
		func(row pgx.Row) error { return row.Scan(&role) }, fn)
}

// CallEnvelope is what a Vapi message says about its call. Empty means absent.
type CallEnvelope struct {
	VapiCallID string
	// Direction is inbound, outbound or web.
	Direction     string
	AssistantID   string
	PhoneNumberID string
	// Number is the clinic's number, Caller the other party's; both E.164.
	Number string
	Caller string
}

// CallContext is what handling a call needs to know about its clinic.
type CallContext struct {
	OrgID             uuid.UUID
	CallID            uuid.UUID
	ClinicName        string
	Country           string
	Language          string
	Zone              *time.Location
	EmergencySentence string
	// Now is the database's clock, in Zone.
	Now time.Time
	// Hours is the location's week.
	Hours []OpeningHours
}

// OpeningHours is one span of a weekday in local time; minutes from midnight.
type OpeningHours struct {
	Weekday time.Weekday
	Opens   int
	Closes  int
}

// AsCall finds the tenant of a Vapi message and runs fn in one transaction for
// it, which is committed when fn returns nil; the call has its row by then.
// ErrUnknownTenant and ErrTenantConflict: nothing was written, fn was not run.
func (d *DB) AsCall(ctx context.Context, envelope CallEnvelope, fn func(Tx, CallContext) error) error {
	var row CallRow
	args := []any{
		envelope.VapiCallID, envelope.Direction, optional(envelope.AssistantID),
		optional(envelope.PhoneNumberID), optional(envelope.Number), optional(envelope.Caller),
	}
	return d.begin(ctx, openCall, args, func(r pgx.Row) error {
		return r.Scan(&row.Outcome, &row.OrgID, &row.CallID, &row.AgentID, &row.LocationID, &row.ClinicName,
			&row.Country, &row.Language, &row.TimeZone, &row.EmergencySentence, &row.Now,
			&row.Weekdays, &row.OpensMinutes, &row.ClosesMinutes)
	}, func(tx Tx) error {
		switch row.Outcome {
		case "unknown":
			return ErrUnknownTenant
		case "conflict":
			return ErrTenantConflict
		}
		call, err := row.context()
		if err != nil {
			return err
		}
		return fn(tx, call)
	})
}

// context gives the row of a found tenant its Go types.
func (row CallRow) context() (CallContext, error) {
	if row.OrgID == nil || row.CallID == nil || row.TimeZone == nil || row.Now == nil {
		return CallContext{}, errors.New("app.open_call found a tenant without its facts")
	}
	zone, err := time.LoadLocation(*row.TimeZone)
	if err != nil {
		return CallContext{}, fmt.Errorf("load the clinic's time zone: %w", err)
	}
	call := CallContext{
		OrgID:             *row.OrgID,
		CallID:            *row.CallID,
		ClinicName:        text(row.ClinicName),
		Country:           text(row.Country),
		Language:          text(row.Language),
		Zone:              zone,
		EmergencySentence: text(row.EmergencySentence),
		Now:               row.Now.In(zone),
	}
	for i := range row.Weekdays {
		call.Hours = append(call.Hours, OpeningHours{
			Weekday: time.Weekday(row.Weekdays[i]),
			Opens:   int(row.OpensMinutes[i]),
			Closes:  int(row.ClosesMinutes[i]),
		})
	}
	return call, nil
}

// optional is s, or NULL when it is empty.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// text is what p points at, or empty.
func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
