{{- /* An account per workload, and what it may do. No token is mounted unless a rule needs one. */ -}}
{{- define "common.kind.serviceaccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "common.meta" . | nindent 2 }}
automountServiceAccountToken: false
{{- end -}}

{{- define "common.kind.role" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "common.meta" . | nindent 2 }}
rules:
  {{- include "common.yaml" .body.rules | nindent 2 }}
{{- end -}}

{{- define "common.kind.rolebinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "common.meta" . | nindent 2 }}
{{ include "common.access.ends" (dict "kind" "Role" "context" .) }}
{{- end -}}

{{- define "common.kind.clusterrole" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  {{- include "common.meta.cluster" . | nindent 2 }}
rules:
  {{- include "common.yaml" .body.rules | nindent 2 }}
{{- end -}}

{{- define "common.kind.clusterrolebinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  {{- include "common.meta.cluster" . | nindent 2 }}
{{ include "common.access.ends" (dict "kind" "ClusterRole" "context" .) }}
{{- end -}}

{{- /* The role has the name of its binding. */ -}}
{{- define "common.access.ends" -}}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ .kind }}
  name: {{ .context.object }}
subjects:
  - kind: ServiceAccount
    name: {{ .context.body.account }}
    namespace: {{ .context.service.namespace }}
{{- end -}}
