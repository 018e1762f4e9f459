{{- /* Where backups go, and which volumes go there when. */ -}}
{{- define "common.kind.backupstoragelocation" -}}
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  provider: aws
  default: {{ toJson .body.default }}
  objectStorage:
    bucket: {{ quote .body.bucket }}
  credential:
    name: {{ quote .body.secret }}
    key: cloud
  config:
    {{- include "common.yaml" .body.config | nindent 4 }}
{{- end -}}

{{- /* Velero takes a chosen claim's pod and all its claims; the resource policy leaves out those of other tiers. */ -}}
{{- define "common.kind.schedule" -}}
apiVersion: velero.io/v1
kind: Schedule
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  schedule: {{ quote .body.schedule }}
  useOwnerReferencesInBackup: false
  template:
    storageLocation: {{ quote .body.location }}
    ttl: {{ quote .body.ttl }}
    snapshotMoveData: true
    defaultVolumesToFsBackup: false
    orLabelSelectors:
      {{- range .body.selectors }}
      - matchLabels:
          {{- include "common.yaml" . | nindent 10 }}
      {{- end }}
    resourcePolicy:
      kind: configmap
      name: {{ quote .body.policy }}
{{- end -}}
