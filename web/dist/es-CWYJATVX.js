var e=`Cambiar rol
Activar
Desactivar
Quitar del equipo
Editar invitación
Volver a enviar
Cancelar invitación
Borrar selección
¿Quitar a {0}?
{0} pierde el acceso de inmediato. Su plaza queda libre y sus claves de API dejan de funcionar.
¿Desactivar a {0}?
{0} no tiene acceso a este equipo hasta que se active de nuevo. Conserva sus roles y su plaza queda libre mientras tanto.
¿Cancelar la invitación a {0}?
El enlace del correo deja de funcionar.
¿Salir de {0}?
Pierdes el acceso de inmediato. Para volver necesitas una invitación.
Entiendo que esto no se puede deshacer
{0|e¿Quitar a # persona?|¿Quitar a # personas?}
Pierden el acceso de inmediato, y sus claves de API dejan de funcionar.
{0|e¿Desactivar a # persona?|¿Desactivar a # personas?}
No tienen acceso a este equipo hasta que se activen de nuevo.
{0|e¿Activar a # persona?|¿Activar a # personas?}
Recuperan el acceso que dan sus roles y vuelven a ocupar sus plazas.
{0|e¿Cancelar # invitación?|¿Cancelar # invitaciones?}
{0|e¿Volver a enviar # invitación?|¿Volver a enviar # invitaciones?}
Cada persona recibe un enlace nuevo. El anterior deja de funcionar.
{0|eCambiar el rol de # persona|Cambiar el rol de # personas}
{0|e# queda fuera:|# quedan fuera:}
{0|e# rechazo:|# rechazos:}
Seleccionar estos
{0} ya no está en el equipo
{0}: desactivación hecha
{0}: activación hecha
Invitación cancelada
Enviada de nuevo a {0}
Guardado
Ha dejado este equipo.
Este equipo se ha eliminado.
{0|eInvitación enviada|# invitaciones enviadas}
{0|e# persona añadida|# personas añadidas}
Se están enviando de nuevo todas las invitaciones pendientes
{0|e# hecho|# hechos}
Direcciones de correo
Pega o escribe hasta {0}, separadas por comas o espacios.
Como máximo {0} a la vez.
Quitar {0}
{0|eQuitar esta dirección|Quitar estas # direcciones}
se une al momento
Sin plaza
Por cuánto tiempo
Sin fin
{0|e# mes|# meses}
Mensaje
opcional
Unas palabras para el correo
Solo para direcciones de {0}
{0|eEnviar invitación|Enviar # invitaciones}
Enviar invitaciones
{0|eOcupa # plaza|Ocupa # plazas} de {1} libres
{0|eOcupa # plaza|Ocupa # plazas}
No ocupa plaza
{0|eSe necesita # plaza|Se necesitan # plazas}, {1} libres
Comprobando
{0}: todavía no hay nada.
Elige al menos uno.
Buscar: {0}
Invitación a {0}
Rol de {0}
{0} ha cambiado entretanto.
Acceso de {0}
Sin acceso
Tu versión
Versión guardada
Usar la mía
Usar la guardada
Esta persona tiene roles distintos en lugares distintos. El nuevo rol los reemplaza todos.
Únete a {0}
{0} te invita a este equipo.
Tienes una invitación a este equipo.
Para
Acceso
Válida hasta
Aceptar invitación
Rechazar
¿Rechazar esta invitación?
No recibirás más invitaciones por correo de este equipo.
Iniciar sesión para aceptar
Crear una cuenta
Usa una cuenta con la dirección {0}.
Esta invitación es para otra dirección
Se envió a {0}. Inicia sesión con una cuenta que tenga esa dirección.
Usar otra cuenta
Tu dirección de correo no está verificada
Verifícala con tu proveedor de identidad y vuelve a intentarlo.
Esta invitación ha caducado
Pide una nueva a {0}.
Esta invitación fue cancelada
Has rechazado esta invitación
Si has cambiado de idea, pide una nueva.
Esta invitación ya fue aceptada
Puedes continuar al equipo.
Se envió un enlace más reciente
Usa el enlace del último correo.
Esta invitación ya no se puede aceptar
Este enlace no funciona
Quizá esté incompleto. Copia el enlace entero del correo.
Te damos la bienvenida a {0}
Ya eres miembro.
Ir al equipo
el equipo
Suspendido
Claves de API
Claves de API de {0}
Editar perfil
Una clave actúa por ti y nunca permite más que tú.
No hay claves de API
Crear clave
Dónde se usa
Solo lectura
No cambia nada.
Solo para
Usada {0}
Nunca usada
Caducada
El secreto anterior caduca {0}
Renovar
¿Renovar {0}?
Recibes un secreto nuevo. El anterior funciona {0|e# hora|# horas} más.
Revocar
¿Revocar {0}?
Deja de funcionar de inmediato y para siempre.
Tu nueva clave
Guárdala ahora. No se volverá a mostrar.
No se puede mostrar el secreto
La clave {0} se creó, pero su secreto se perdió por el camino. Renuévala para recibir uno nuevo. Los anteriores dejan entonces de funcionar de inmediato.
Copiar
Copiado
La he guardado
{0|e# día|# días}
Como lo ven los demás
Acerca de
Una breve presentación
Habilidades
Separadas por comas
Color
Color predeterminado
Color {0}
Notificaciones
Idioma de los correos
Predeterminado
Equipos
Aún no hay equipos
Aquí aparecen los equipos que creas o a los que te unes.
Crear equipo
Tipo
Actual
Abrir
Miembro desde el {0}
{0|e# invitación te espera|# invitaciones te esperan}
Cuando alguien te invite, aparecerá aquí.
Aceptar
Ajustes
Las invitaciones siguen abiertas
Mensaje de las invitaciones
Logotipo de los correos
Color de los correos
Roles opcionales
Desactivar un rol lo termina de inmediato para quienes lo tienen.
Facturación
Quién paga por este equipo.
Transferir el equipo
Otro miembro ocupa tu lugar, y tú pasas a otro rol.
Nuevo responsable
Tu rol después
Eliminar equipo
Todos pierden el acceso de inmediato.
¿Eliminar {0}?
Escribe «{0}» para confirmar
Quién tiene acceso
Dar acceso
CSV
Excel
Se está escribiendo el archivo: {0|e# fila|# filas} hasta ahora.
Tu sesión se ha cerrado. Inicia sesión para continuar.
No tienes permiso para esto.
Tu participación está inactiva.
Este equipo está suspendido.
No puedes dar este rol.
Esto ya no existe.
No hay plazas suficientes.
El equipo necesita un miembro activo con este rol. Da antes el rol a otra persona.
Esta persona paga por el equipo. Designa antes a otra para la facturación.
No puedes hacerte esto a ti mismo.
Este rol no está disponible para direcciones de este dominio.
La lista es demasiado larga para un archivo.
Esta persona no quiere correos de este equipo.
Otra persona hizo un cambio en el mismo momento. Inténtalo de nuevo.
Esto cambió mientras tanto.
Alguno de los datos no es válido.
Algunas direcciones no se pueden invitar.
Se ha enviado demasiadas veces. Inténtalo más tarde.
Hoy no se pueden enviar más correos.
Demasiadas solicitudes a la vez. Inténtalo en un momento.
El servicio no está disponible por el momento.
No se puede acceder al servicio. Revisa tu conexión.
Algo salió mal.
no es una dirección de correo
ya es miembro
ya tiene invitación
no se puede invitar
es de una persona que ya está en esta lista
ha recibido demasiados correos hoy
tiene un dominio para el que no existe este rol
no está verificada, y este rol lo exige
tiene un carácter que se parece a otro
es demasiado larga
no es una dirección de correo válida
no se puede usar`;export{e as text};
