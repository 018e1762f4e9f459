{{- /* Where a Postgres cluster's backups and WAL go. Other stores than Amazon's refuse the newer checksums. */ -}}
{{- define "common.kind.objectstore" -}}
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  retentionPolicy: {{ quote .body.keep }}
  configuration:
    destinationPath: {{ quote .body.path }}
    endpointURL: {{ quote .body.endpoint }}
    s3Credentials:
      accessKeyId:
        name: {{ quote .body.secret }}
        key: ACCESS_KEY_ID
      secretAccessKey:
        name: {{ quote .body.secret }}
        key: SECRET_ACCESS_KEY
    wal:
      compression: gzip
  instanceSidecarConfiguration:
    env:
      - name: AWS_REQUEST_CHECKSUM_CALCULATION
        value: when_required
      - name: AWS_RESPONSE_CHECKSUM_VALIDATION
        value: when_required
{{- end -}}

{{- /* A database is kept when its service goes: dropping it is a person's work. */ -}}
{{- define "common.kind.database" -}}
apiVersion: postgresql.cnpg.io/v1
kind: Database
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  name: {{ quote .body.database }}
  owner: {{ quote .body.database }}
  cluster:
    name: {{ .body.cluster }}
  ensure: present
  databaseReclaimPolicy: retain
  {{- with .body.extensions }}
  extensions:
    {{- range . }}
    - name: {{ quote . }}
      ensure: present
    {{- end }}
  {{- end }}
{{- end -}}
