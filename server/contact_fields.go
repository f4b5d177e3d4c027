package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
	"github.com/voxanne-ai/voxanne/server/spoken"
)

// contactFields is what app.change_contact and app.create_contact take; what is nil stays, what is empty is taken away.
type contactFields struct {
	Name             *string   `json:"name,omitempty"`
	Phone            *string   `json:"phone,omitempty"` // E.164
	Email            *string   `json:"email,omitempty"`
	ServiceInterests *[]string `json:"service_interests,omitempty"`
	Notes            *string   `json:"notes,omitempty"`
	LeadStatus       *string   `json:"lead_status,omitempty"`
	Language         *string   `json:"language,omitempty"`
	TimeZone         *string   `json:"time_zone,omitempty"`
	MarketingConsent *bool     `json:"marketing_consent,omitempty"`
}

// contactFieldsOf reads a body in any of its spellings. country is where a number without a plus sign belongs. Error:
// bad_request for a number that is none.
func contactFieldsOf(c api.ContactChange, country string) (json.RawMessage, error) {
	fields := contactFields{
		Name: first(c.Name, c.NameOld, c.NameCamel), Phone: first(c.Phone, c.PhoneOld, c.PhoneCamel), Email: c.Email,
		ServiceInterests: first(c.ServicesInterested, c.ServicesInterestedCamel, c.ServiceInterests), Notes: c.Notes,
		LeadStatus: (*string)(first(c.LeadStatus, c.LeadStatusOld)), Language: c.Language, TimeZone: first(c.TimeZone, c.TimeZoneOld),
		MarketingConsent: first(c.MarketingConsent, c.MarketingConsentOld),
	}
	if written := strings.TrimSpace(value(fields.Phone)); written != "" {
		number, ok := spoken.WrittenNumber(written, country)
		if !ok {
			return nil, NewError(CodeBadRequest, "Invalid phone number format", nil)
		}
		fields.Phone = &number
	} else if fields.Phone != nil {
		fields.Phone = &written
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("write the contact's fields: %w", err)
	}
	return text, nil
}

// contactSource is the stored word for what dashboards say, e.g. call_recording.
func contactSource(said string, ofCall bool) string {
	switch {
	case ofCall:
		return "call"
	case said == "import":
		return said
	default:
		return "dashboard"
	}
}

// presentContact is a contact that was not erased. Error: not_found.
func presentContact(ctx context.Context, tx db.Tx, org, id uuid.UUID) (db.Contact, error) {
	contact, err := tx.GetContact(ctx, org, id)
	if err == nil && contact.ErasedAt != nil {
		err = NewError(CodeNotFound, sentenceNotFound, nil)
	}
	return contact, err
}

// contactOf is the contact of a list's row.
func contactOf(r db.ContactRow) db.Contact {
	return db.Contact{
		ID: r.ID, Name: r.Name, Phone: r.Phone, SpokenPhone: r.SpokenPhone, Email: r.Email, LeadStatus: r.LeadStatus,
		LeadScore: r.LeadScore, LeadReasons: r.LeadReasons, ServiceInterests: r.ServiceInterests, Source: r.Source, Notes: r.Notes,
		Language: r.Language, TimeZone: r.TimeZone, MarketingConsentAt: r.MarketingConsentAt, LastContactedAt: r.LastContactedAt,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

// shownContact writes every field in all spellings that dashboards read.
func shownContact(c db.Contact) api.Contact {
	source, status, score := api.ContactSource(c.Source), api.LeadStatus(c.LeadStatus), int(c.LeadScore)
	return api.Contact{
		Id: c.ID, ContactName: c.Name, ContactNameCamel: c.Name, ContactNameAsName: c.Name,
		PhoneNumber: c.Phone, PhoneNumberCamel: c.Phone, PhoneNumberAsPhone: c.Phone, SpokenPhone: c.SpokenPhone, SpokenPhoneCamel: c.SpokenPhone,
		Email: c.Email, Notes: c.Notes, Language: c.Language, TimeZone: c.TimeZone, TimeZoneCamel: c.TimeZone,
		BookingSource: source, BookingSourceCamel: source, Source: source,
		ServicesInterested: c.ServiceInterests, ServicesInterestedCamel: c.ServiceInterests, ServicesInterestedAsServiceInterests: c.ServiceInterests,
		LeadStatus: status, LeadStatusCamel: status, LeadScore: score, LeadScoreCamel: score, LeadReasons: c.LeadReasons, LeadReasonsCamel: c.LeadReasons,
		LastContactTime: c.LastContactedAt, LastContactTimeCamel: c.LastContactedAt, LastContactTimeAsLastContactedAt: c.LastContactedAt,
		MarketingConsentAt: c.MarketingConsentAt, MarketingConsentAtCamel: c.MarketingConsentAt,
		CreatedAt: c.CreatedAt, CreatedAtCamel: c.CreatedAt, UpdatedAt: c.UpdatedAt, UpdatedAtCamel: c.UpdatedAt,
	}
}
