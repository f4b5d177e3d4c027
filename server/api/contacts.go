package api

// ContactWithHistory is what openapi.yaml calls ContactDetail: the generator would repeat every field of a contact in it.
type ContactWithHistory struct {
	Contact
	ContactHistory
}

// ContactWithOrigin is what openapi.yaml calls ContactWish.
type ContactWithOrigin struct {
	ContactChange
	ContactOrigin
}
