{{- /* What a namespace may hold, and what a container gets that asks for nothing. */ -}}
{{- define "common.kind.resourcequota" -}}
apiVersion: v1
kind: ResourceQuota
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  hard:
    {{- toYaml .body.hard | nindent 4 }}
{{- end -}}

{{- define "common.kind.limitrange" -}}
apiVersion: v1
kind: LimitRange
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  limits:
    - type: Container
      {{- with .body.default }}
      default:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      defaultRequest:
        {{- toYaml .body.defaultRequest | nindent 8 }}
{{- end -}}
