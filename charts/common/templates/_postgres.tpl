{{- /* A CloudNativePG cluster and when it is copied. */ -}}
{{- define "common.kind.cluster" -}}
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  instances: {{ toJson .body.instances }}
  imageName: {{ quote .body.image }}
  storage:
    {{- include "common.yaml" .body.storage | nindent 4 }}
  resources:
    {{- include "common.yaml" .body.resources | nindent 4 }}
  {{- with .body.postgresql }}
  postgresql:
    {{- include "common.yaml" . | nindent 4 }}
  {{- end }}
  {{- with .body.roles }}
  managed:
    roles:
      {{- range . }}
      - name: {{ quote .name }}
        ensure: present
        login: true
        passwordSecret:
          name: {{ quote .secret }}
      {{- end }}
  {{- end }}
  {{- with .body.objectStore }}
  plugins:
    - name: barman-cloud.cloudnative-pg.io
      isWALArchiver: true
      parameters:
        barmanObjectName: {{ quote . }}
  {{- end }}
  {{- with .body.priorityClassName }}
  priorityClassName: {{ quote . }}
  {{- end }}
  inheritedMetadata:
    labels:
      {{- include "common.meta.labels" . | nindent 6 }}
{{- end -}}

{{- /* Six fields, seconds first; the method is the plugin, since the default is deprecated. */ -}}
{{- define "common.kind.scheduledbackup" -}}
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  schedule: {{ quote .body.schedule }}
  immediate: true
  backupOwnerReference: self
  cluster:
    name: {{ .body.cluster }}
  method: plugin
  pluginConfiguration:
    name: barman-cloud.cloudnative-pg.io
{{- end -}}
