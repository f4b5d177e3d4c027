package server

import (
	"context"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// byStaff is the source of opt-outs that the dashboard records.
const byStaff = "staff"

// ListContacts shows a page of the contacts. Errors: bad_request for a filter that is none, not_a_member, gone.
func (h handlers) ListContacts(ctx context.Context, req api.ListContactsRequestObject) (api.ListContactsResponseObject, error) {
	q := req.Params
	from, to, err := daysOf(q.StartDate, q.EndDate)
	if err != nil {
		return nil, err
	}
	wish := db.ListContactsParams{
		LeadStatus: (*string)(first(q.LeadStatus, q.LeadStatusOld)), Source: (*string)(q.Source), Search: q.Search, FromDay: from, ToDay: to,
		Sort: string(valueOr(q.Sort, api.ListContactsParamsSortLastContact)), Descending: value(q.Order) != api.ListContactsParamsOrderAsc,
	}
	var list api.ListContacts200JSONResponse
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, at, err := listed(pageOf(q.Page, q.Limit), func(number, limit int32) ([]db.ContactRow, error) {
			wish.Page, wish.PageSize = number, limit
			return tx.ListContacts(ctx, wish)
		})
		list.Contacts, list.Pagination = each(rows, func(row db.ContactRow) api.Contact { return shownContact(contactOf(row)) }), at
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// ContactStats counts the contacts by lead status. Errors: not_a_member, gone.
func (h handlers) ContactStats(ctx context.Context, _ api.ContactStatsRequestObject) (api.ContactStatsResponseObject, error) {
	var s db.ContactStat
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		s, err = tx.ContactStats(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.ContactStats200JSONResponse{
		TotalLeads: s.TotalLeads, TotalLeadsCamel: s.TotalLeads, HotLeads: s.HotLeads, HotLeadsCamel: s.HotLeads,
		WarmLeads: s.WarmLeads, WarmLeadsCamel: s.WarmLeads, ColdLeads: s.ColdLeads, ColdLeadsCamel: s.ColdLeads,
		BookedLeads: s.BookedLeads, BookedLeadsCamel: s.BookedLeads, LostLeads: s.LostLeads, LostLeadsCamel: s.LostLeads,
		NewToday: s.NewToday, NewTodayCamel: s.NewToday,
	}, nil
}

// GetContact shows a contact, its patients, and what happened with it. Errors: not_found, also for an erased one.
func (h handlers) GetContact(ctx context.Context, req api.GetContactRequestObject) (api.GetContactResponseObject, error) {
	var answer api.ContactDetail
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		contact, err := presentContact(ctx, tx, org.ID, req.Id)
		if err != nil {
			return err
		}
		answer.Contact = shownContact(contact)
		answer.ContactHistory, err = historyOf(ctx, tx, contact)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.GetContact200JSONResponse(answer), nil
}

// CreateContact makes a contact by hand or out of a call. Errors: bad_request, forbidden for viewers, not_found for the
// call, conflict when another contact has the number.
func (h handlers) CreateContact(ctx context.Context, req api.CreateContactRequestObject) (api.CreateContactResponseObject, error) {
	var made db.Contact
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		fields, err := contactFieldsOf(req.Body.ContactChange, org.Country)
		if err != nil {
			return err
		}
		call := first(req.Body.SourceCallId, req.Body.SourceCallIdOld)
		made, err = tx.CreateContact(ctx, fields, contactSource(value(req.Body.Source), call != nil), call)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.CreateContact201JSONResponse(shownContact(made)), nil
}

// UpdateContact changes what the body names. Errors: bad_request, forbidden for viewers, not_found, conflict when another
// contact has the number.
func (h handlers) UpdateContact(ctx context.Context, req api.UpdateContactRequestObject) (api.UpdateContactResponseObject, error) {
	var changed db.Contact
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		fields, err := contactFieldsOf(*req.Body, org.Country)
		if err != nil {
			return err
		}
		changed, err = tx.ChangeContact(ctx, req.Id, fields)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.UpdateContact200JSONResponse(shownContact(changed)), nil
}

// MergeContacts makes the body's contact a part of the path's. Errors: bad_request for one and the same, forbidden for
// viewers, not_found for either.
func (h handlers) MergeContacts(ctx context.Context, req api.MergeContactsRequestObject) (api.MergeContactsResponseObject, error) {
	var left db.Contact
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		left, err = tx.MergeContacts(ctx, req.Id, req.Body.ContactId)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.MergeContacts200JSONResponse(shownContact(left)), nil
}

// DeleteContact is EraseContact under the name that dashboards have for it.
func (h handlers) DeleteContact(ctx context.Context, req api.DeleteContactRequestObject) (api.DeleteContactResponseObject, error) {
	if err := h.erase(ctx, req.Id); err != nil {
		return nil, err
	}
	return api.DeleteContact200JSONResponse{Success: true}, nil
}

// EraseContact blanks everything personal of a contact, for good. Errors: forbidden for others than owners and admins,
// not_found, conflict while visits are ahead.
func (h handlers) EraseContact(ctx context.Context, req api.EraseContactRequestObject) (api.EraseContactResponseObject, error) {
	if err := h.erase(ctx, req.Id); err != nil {
		return nil, err
	}
	return api.EraseContact200JSONResponse{Success: true}, nil
}

func (h handlers) erase(ctx context.Context, contact uuid.UUID) error {
	return h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		_, err := tx.EraseContact(ctx, contact) // false: erased before
		return err
	})
}

// OptOutContact keeps a contact's number or address from being reached on a channel. It is recorded by number, so it
// holds for every contact that has it, now and later.
func (h handlers) OptOutContact(ctx context.Context, req api.OptOutContactRequestObject) (api.OptOutContactResponseObject, error) {
	channel := valueOr(req.Params.Channel, api.ChannelSms)
	err := h.withAddress(ctx, req.Id, channel, func(tx db.Tx, address string) error {
		_, err := tx.OptOut(ctx, string(channel), address, byStaff)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.OptOutContact200JSONResponse{Success: true, Channel: channel, OptedOut: true}, nil
}

// OptInContact takes a contact's opt-out back.
func (h handlers) OptInContact(ctx context.Context, req api.OptInContactRequestObject) (api.OptInContactResponseObject, error) {
	channel := valueOr(req.Params.Channel, api.ChannelSms)
	err := h.withAddress(ctx, req.Id, channel, func(tx db.Tx, address string) error {
		_, err := tx.OptIn(ctx, string(channel), address, byStaff)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.OptInContact200JSONResponse{Success: true, Channel: channel, OptedOut: false}, nil
}

// withAddress runs fn with the number or address at which a contact is reached on a channel. Errors of its own:
// not_found, bad_request when there is none.
func (h handlers) withAddress(ctx context.Context, contact uuid.UUID, channel api.Channel, fn func(tx db.Tx, address string) error) error {
	return h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		row, err := tx.GetContact(ctx, org.ID, contact)
		if err != nil {
			return err
		}
		address, missing := value(row.Phone), sentenceNoNumber
		if channel == api.ChannelEmail {
			address, missing = value(row.Email), "Contact does not have an email address"
		}
		if address == "" {
			return NewError(CodeBadRequest, missing, nil)
		}
		return fn(tx, address)
	})
}
