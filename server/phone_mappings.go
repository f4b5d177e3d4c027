package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// byDefault is how a number is mapped that nobody mapped.
const byDefault = `{"agent_id": null, "routing": "dynamic"}`

// ListPhoneMappings shows which location and agent answer which number. Errors: not_a_member, gone.
func (h handlers) ListPhoneMappings(ctx context.Context, req api.ListPhoneMappingsRequestObject) (api.ListPhoneMappingsResponseObject, error) {
	rows, at, err := h.ownNumbers(ctx, pageOf(req.Params.Page, req.Params.Limit))
	if err != nil {
		return nil, err
	}
	return api.ListPhoneMappings200JSONResponse{Success: true, Mappings: each(rows, phoneNumberOf), Pagination: at}, nil
}

// CreatePhoneMapping says who answers one of the organization's numbers. Errors: not_found for a number, location or agent
// that is not theirs, conflict for an agent without an assistant, forbidden, not_a_member, gone.
func (h handlers) CreatePhoneMapping(ctx context.Context, req api.CreatePhoneMappingRequestObject) (api.CreatePhoneMappingResponseObject, error) {
	fields := map[string]any{"agent_id": req.Body.AgentId}
	if req.Body.LocationId != nil {
		fields["location_id"] = req.Body.LocationId
	}
	if req.Body.Routing != nil {
		fields["routing"] = req.Body.Routing
	}
	written, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("write the mapping: %w", err)
	}
	var row db.PhoneNumberListed
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		number, err := tx.FindPhoneNumber(ctx, req.Body.PhoneNumber)
		if err != nil {
			return err
		}
		row, err = tx.MapPhoneNumber(ctx, number.ID, written)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.CreatePhoneMapping201JSONResponse{Success: true, Mapping: phoneNumberOf(row)}, nil
}

// ChangePhoneMapping changes what is named of a mapping. Errors: as CreatePhoneMapping's.
func (h handlers) ChangePhoneMapping(ctx context.Context, req api.ChangePhoneMappingRequestObject) (api.ChangePhoneMappingResponseObject, error) {
	var wished map[string]json.RawMessage
	if err := json.Unmarshal(*req.Body, &wished); err != nil {
		return nil, fmt.Errorf("read the change: %w", err)
	}
	fields := map[string]json.RawMessage{}
	for name, v := range wished {
		fields[map[string]string{"locationId": "location_id", "agentId": "agent_id", "routing": "routing"}[name]] = v
	}
	written, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("write the change: %w", err)
	}
	row, err := h.mapNumber(ctx, req.Id, written)
	if err != nil {
		return nil, err
	}
	return api.ChangePhoneMapping200JSONResponse{Success: true, Mapping: phoneNumberOf(row)}, nil
}

// DeletePhoneMapping has the default agent answer a number, asked at every call. Errors: not_found, forbidden,
// not_a_member, gone.
func (h handlers) DeletePhoneMapping(ctx context.Context, req api.DeletePhoneMappingRequestObject) (api.DeletePhoneMappingResponseObject, error) {
	row, err := h.mapNumber(ctx, req.Id, json.RawMessage(byDefault))
	if err != nil {
		return nil, err
	}
	return api.DeletePhoneMapping200JSONResponse{Success: true, Mapping: phoneNumberOf(row)}, nil
}

func (h handlers) mapNumber(ctx context.Context, id uuid.UUID, fields json.RawMessage) (row db.PhoneNumberListed, err error) {
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		row, err = tx.MapPhoneNumber(ctx, id, fields)
		return err
	})
	return row, err
}

// LookUpPhoneNumber finds one of the organization's numbers. Errors: not_found, not_a_member, gone.
func (h handlers) LookUpPhoneNumber(ctx context.Context, req api.LookUpPhoneNumberRequestObject) (api.LookUpPhoneNumberResponseObject, error) {
	number := "+" + strings.TrimPrefix(req.PhoneNumber, "+") // an unescaped plus sign may arrive as a blank or not at all
	var row db.PhoneNumberListed
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		row, err = tx.FindPhoneNumber(ctx, number)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.LookUpPhoneNumber200JSONResponse{Success: true, Mapping: phoneNumberOf(row)}, nil
}
