var n=`Cancelar
Cerrar
Guardar
Reintentar
Quitar
Solicitud {0}
{0|e# seleccionado|# seleccionados}
Equipo
{0|e# miembro|# miembros}
{0|e# invitación|# invitaciones}
Invitar a personas
Salir del equipo
Exportar
{0} de {1|e# plaza|# plazas}
{0|eLa única plaza está ocupada.|Las # plazas están ocupadas.}
Todavía puedes invitar a roles que no ocupan plaza.
Obtener más plazas
Buscar por nombre o correo
Mostrar
Todos
Miembros
Invitados
Volver a enviar todas
Invitaciones pendientes
Filtros
Rol
Estado
Ingreso
Ordenar
Cualquiera
{0} +{1}
Borrar
Últimos 7 días
Último mes
Último año
Nombre, de la A a la Z
Nombre, de la Z a la A
Ingresaron primero
Ingresaron al final
Más tiempo sin actividad
Actividad más reciente
Personas
Nombre
Última actividad
Zona horaria
Acciones
Acciones para {0}
Seleccionar a {0}
Seleccionar todo
Activo
Inactivo
Invitado
Tú
Facturación
Nunca
Sin rol
hasta el {0}
{0|+#}
Caduca {0}
Invitado por {0}
Correo no entregado
Correo rechazado
Correo devuelto
Marcado como spam
Rechazada antes
Cargar más
Seguir buscando
Cargando
{0|e# persona encontrada|# personas encontradas}
{0|Al menos # personas encontradas}
Aún no hay nadie
Invita a las personas con las que trabajas. Reciben un correo con un enlace.
No se encontró a nadie
Nadie coincide con esta búsqueda y estos filtros.
Borrar búsqueda y filtros
No hay invitaciones pendientes
Aquí aparecen las invitaciones que esperan respuesta.
Eres miembro de este equipo.`;export{n as text};
