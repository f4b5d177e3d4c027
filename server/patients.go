package server

import (
	"context"
	"time"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// ListPatients shows who comes to the visits of a contact. Errors: not_found, also for an erased contact.
func (h handlers) ListPatients(ctx context.Context, req api.ListPatientsRequestObject) (api.ListPatientsResponseObject, error) {
	var patients []db.Patient
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		contact, err := presentContact(ctx, tx, org.ID, req.Id)
		if err != nil {
			return err
		}
		patients, err = tx.ListPatients(ctx, org.ID, contact.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.ListPatients200JSONResponse{Patients: shownPatients(patients)}, nil
}

// CreatePatient adds a patient to a contact. Errors: bad_request, forbidden for viewers, not_found.
func (h handlers) CreatePatient(ctx context.Context, req api.CreatePatientRequestObject) (api.CreatePatientResponseObject, error) {
	saved, err := h.savePatient(ctx, db.SavePatientParams{ContactID: req.Id, Name: &req.Body.Name}, first(req.Body.DateOfBirth, req.Body.DateOfBirthOld))
	if err != nil {
		return nil, err
	}
	return api.CreatePatient201JSONResponse(saved), nil
}

// UpdatePatient changes what the body names. Errors: as CreatePatient, conflict when a caller named another patient so.
func (h handlers) UpdatePatient(ctx context.Context, req api.UpdatePatientRequestObject) (api.UpdatePatientResponseObject, error) {
	wish := db.SavePatientParams{ContactID: req.Id, PatientID: &req.PatientId, Name: req.Body.Name}
	saved, err := h.savePatient(ctx, wish, first(req.Body.DateOfBirth, req.Body.DateOfBirthOld))
	if err != nil {
		return nil, err
	}
	return api.UpdatePatient200JSONResponse(saved), nil
}

// savePatient carries a wish out. born is YYYY-MM-DD, empty to take the date away, nil to leave it.
func (h handlers) savePatient(ctx context.Context, wish db.SavePatientParams, born *string) (api.Patient, error) {
	if born != nil && *born != "" {
		day, err := time.Parse(time.DateOnly, *born)
		if err != nil {
			return api.Patient{}, NewError(CodeBadRequest, "That is no date of birth.", nil)
		}
		wish.DateOfBirth = &day
	}
	wish.ForgetDateOfBirth = born != nil && *born == ""
	var saved db.Patient
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		saved, err = tx.SavePatient(ctx, wish)
		return err
	})
	return shownPatient(saved), err
}

// shownPatients never returns nil: an empty list is written as one.
func shownPatients(rows []db.Patient) []api.Patient {
	patients := make([]api.Patient, len(rows))
	for i, p := range rows {
		patients[i] = shownPatient(p)
	}
	return patients
}

func shownPatient(p db.Patient) api.Patient {
	shown := api.Patient{
		Id: p.ID, ContactId: p.ContactID, ContactIdCamel: p.ContactID, Name: p.Name, MadeByVoice: p.MadeByVoice, MadeByVoiceCamel: p.MadeByVoice,
		CreatedAt: p.CreatedAt, CreatedAtCamel: p.CreatedAt, UpdatedAt: p.UpdatedAt, UpdatedAtCamel: p.UpdatedAt,
	}
	if p.DateOfBirth != nil {
		born := openapi_types.Date{Time: *p.DateOfBirth}
		shown.DateOfBirth, shown.DateOfBirthCamel = &born, &born
	}
	return shown
}
