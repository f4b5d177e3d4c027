# The whole product in one image: docker build --build-arg VERSION=1.2.3 --build-arg COMMIT=$(git rev-parse HEAD) -t voxanne .
FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
ARG COMMIT=unknown
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false \
      -ldflags "-s -w -X main.linkedVersion=${VERSION} -X main.linkedCommit=${COMMIT}" -o /out/voxanne ./cmd/voxanne \
 && mkdir -p /out/files

# Certificates and time zones, and neither a shell nor a package manager; user 65532.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/voxanne /usr/local/bin/voxanne
# A volume that is made here belongs to the user.
COPY --from=build --chown=65532:65532 /out/files /var/lib/voxanne/files
ENV VOXANNE_ENV=production STORAGE_DIR=/var/lib/voxanne/files
USER 65532:65532
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["/usr/local/bin/voxanne", "health"]
ENTRYPOINT ["/usr/local/bin/voxanne"]
CMD ["serve"]
